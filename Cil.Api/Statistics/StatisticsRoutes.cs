using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Statistics;
using Cil.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cil.Api.Statistics;

/// <summary>Analytic-Init statistics of a data set: measured while the caller listens, then downloaded.</summary>
internal static class StatisticsRoutes
{
    private const int MostBytes = 64 << 10;

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/statistics", BuildAsync).RequireAuthorization(Scope.Render).Accepts<ApiStatisticsRequest>("application/json")
            .Describe<ApiStatistics>(
                "buildStatistics", "Has a data set measured; server-sent events to the end", contentType: "text/event-stream")
            .WithExample(new ApiStatisticsRequest
            {
                Dataset = "clips", Model = "cil-tiny", Width = 64, Height = 64, Frames = 16, ClipsPerShard = 32, Seed = 1,
            });
        api.MapRead("/statistics/{id}", async (string id, IBlobStore blobs, CancellationToken cancellationToken) =>
            Routes.Id(id) is { } one && await Media.BlobFile.OpenAsync(blobs, StatisticsNames.Blob(one), cancellationToken) is { } file
                ? file
                : Problem.NotFound($"statistics '{id}' are not there"))
            .Describe("getStatistics", "The file", contentType: "application/octet-stream");
    }

    private static async Task<IResult> BuildAsync(
        HttpRequest http, ICilClient client, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var errors = new List<RequestError>();
        StatisticsRequest request = (await JsonBody.ReadAsync<ApiStatisticsRequest>(http, MostBytes, errors, cancellationToken)).FromApi();
        RenderJobId id = request.Id();
        if (errors.Count > 0)
        {
            // With those of the fields that can be read; of a field that cannot, its own error is enough.
            IReadOnlyList<RequestError> others = await grains.GetGrain<IDatasetStatisticsGrain>(id.Value).CheckAsync(request);
            return Problem.Refused([.. errors, .. others.Where(other => !errors.Any(error => error.Field == other.Field))]);
        }

        // The first snapshot before the answer begins: a request that is refused is no stream.
        IAsyncEnumerator<StatisticsSnapshot> snapshots = client.BuildStatisticsAsync(request, http.HttpContext.RequestAborted)
            .GetAsyncEnumerator(CancellationToken.None);
        bool any = await snapshots.MoveNextAsync();
        return EventStream.Of(http.HttpContext, "statistics", _ => RestAsync(snapshots, any).Select(snapshot => snapshot.ToApi(id)));
    }

    private static async IAsyncEnumerable<StatisticsSnapshot> RestAsync(IAsyncEnumerator<StatisticsSnapshot> snapshots, bool any)
    {
        await using (snapshots)
        {
            for (; any; any = await snapshots.MoveNextAsync()) yield return snapshots.Current;
        }
    }
}
