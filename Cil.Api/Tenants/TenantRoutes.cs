using Cil.Api.Http;
using Cil.Api.Identity;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Tenants;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Cil.Api.Tenants;

/// <summary>Tenants: what they may use, and what they have used.</summary>
internal static class TenantRoutes
{
    private const int MostBytes = 4 << 10, MostDays = 10_000;

    internal static void Map(IEndpointRouteBuilder api)
    {
        api.MapRead("/tenants", ListAsync).Describe<IReadOnlyList<ApiTenant>>("listTenants", "The tenants that the caller may see");
        api.MapRead("/tenants/{tenant}", ShowAsync).Describe<ApiTenant>("getTenant", "A tenant's quotas and what it has used");
        api.MapPut("/tenants/{tenant}/quota", SetAsync).RequireAuthorization(Scope.Operator).Accepts<ApiQuota>("application/json")
            .Describe<ApiTenant>("setQuota", "Sets what a tenant may use; what is left out has no limit")
            .WithExample(new ApiQuota { WaitingJobs = 100, DeviceSecondsPerDay = 7200, StoredBytes = 10_000_000_000 });
    }

    private static async Task<IResult> ListAsync(HttpContext http, ICilClient client, ApiKeyStore keys, CancellationToken cancellationToken)
    {
        Caller caller = Caller.Of(http);
        if (!caller.IsOperator) return Routes.Json(new[] { (await client.TenantAsync(caller.Tenant, cancellationToken)).ToApi() });
        List<TenantSnapshot> tenants = [.. await client.TenantsAsync(cancellationToken)];
        IEnumerable<string> others = (await keys.ListAsync(cancellationToken))
            .Select(key => key.Tenant)
            .Distinct(StringComparer.Ordinal)
            .Except(tenants.Select(tenant => tenant.Tenant));
        tenants.AddRange(await Task.WhenAll(others.Select(other => client.TenantAsync(other, cancellationToken))));
        return Routes.Json(tenants.OrderBy(tenant => tenant.Tenant, StringComparer.Ordinal).Select(tenant => tenant.ToApi()).ToArray());
    }

    private static async Task<IResult> ShowAsync(string tenant, HttpContext http, ICilClient client) =>
        RenderJobId.IsId(tenant) && Caller.Of(http).Sees(tenant)
            ? Routes.Json((await client.TenantAsync(tenant)).ToApi())
            : NotThere(tenant);

    private static async Task<IResult> SetAsync(string tenant, HttpRequest http, ICilClient client, CancellationToken cancellationToken)
    {
        if (!RenderJobId.IsId(tenant)) return NotThere(tenant);
        var errors = new List<RequestError>();
        ApiQuota quota = await JsonBody.ReadAsync<ApiQuota>(http, MostBytes, errors, cancellationToken);
        Require(quota.WaitingJobs, nameof(quota.WaitingJobs));
        Require(quota.DeviceSecondsPerDay, nameof(quota.DeviceSecondsPerDay));
        Require(quota.StoredBytes, nameof(quota.StoredBytes));
        Require(quota.JobWork, nameof(quota.JobWork));
        Require(quota.DeviceSecondsPerMonth, nameof(quota.DeviceSecondsPerMonth));
        Require(quota.KeepDays, nameof(quota.KeepDays));
        if (quota.KeepDays > MostDays) errors.Add(RequestError.Of(nameof(quota.KeepDays), $"at most {MostDays}, got {quota.KeepDays}"));
        return errors.Count > 0 ? Problem.Refused(errors) : Routes.Json(
            (await client.SetQuotaAsync(tenant, quota.FromApi(), cancellationToken)).ToApi());

        void Require(double? value, string property)
        {
            if (value < 0) errors.Add(RequestError.Of(property, $"0 or more, got {value}"));
        }
    }

    private static Problem NotThere(string tenant) => Problem.NotFound($"tenant '{tenant}' is not there");
}
