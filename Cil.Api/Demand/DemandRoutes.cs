using Cil.Api.Http;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces.Queue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cil.Api.Demand;

/// <summary>The demand for devices, for autoscalers that ask by HTTP.</summary>
internal static class DemandRoutes
{
    internal static void Map(IEndpointRouteBuilder api) => api.MapRead("/demand", ShowAsync)
        .Describe<ApiDemand>("getDemand", "Devices that the grid could use, of one class or of all").WithQuery(DemandLookup.Class);

    private static async Task<IResult> ShowAsync(HttpRequest http, ICilClient client)
    {
        var reader = new QueryReader(http, DemandLookup.Class);
        if (reader.Errors.Count > 0) return Problem.Refused(reader.Errors);
        IReadOnlyList<ClassDemand> demand = await client.DemandAsync();
        if (reader.Text(DemandLookup.Class) is not { } name) return Routes.Json(demand.ToApi());
        return DemandLookup.Find(demand, name) is { } one
            ? Routes.Json(((IReadOnlyList<ClassDemand>)[one]).ToApi())
            : Problem.Refused(DemandLookup.Class, DemandLookup.Unknown(demand, name));
    }
}
