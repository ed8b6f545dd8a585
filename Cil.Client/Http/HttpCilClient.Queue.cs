using System.Net;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces.Queue;
using Cil.Interfaces.Tenants;

namespace Cil.Client.Http;

public sealed partial class HttpCilClient
{
    /// <inheritdoc/>
    public async Task<QueueStatus> QueueAsync(CancellationToken cancellationToken = default) =>
        (await api.RequireAsync<ApiQueueStatus>("api/queue", cancellationToken)).FromApi();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ClassDemand>> DemandAsync(CancellationToken cancellationToken = default) =>
        (await api.RequireAsync<ApiDemand>("api/demand", cancellationToken)).FromApi();

    /// <inheritdoc/>
    public Task PauseQueueAsync(string? tenant = null, CancellationToken cancellationToken = default) =>
        api.PostAsync<object>($"api/queue/pause{Tenant(tenant)}", cancellationToken);

    /// <inheritdoc/>
    public Task UnpauseQueueAsync(string? tenant = null, CancellationToken cancellationToken = default) =>
        api.PostAsync<object>($"api/queue/unpause{Tenant(tenant)}", cancellationToken);

    /// <inheritdoc/>
    public Task PauseModelAsync(string model, CancellationToken cancellationToken = default) =>
        api.PostAsync<object>($"api/queue/pause?model={Uri.EscapeDataString(model)}", cancellationToken);

    /// <inheritdoc/>
    public Task UnpauseModelAsync(string model, CancellationToken cancellationToken = default) =>
        api.PostAsync<object>($"api/queue/unpause?model={Uri.EscapeDataString(model)}", cancellationToken);

    /// <inheritdoc/>
    public async Task<TenantSnapshot> TenantAsync(string tenant, CancellationToken cancellationToken = default) =>
        (await api.GetAsync<ApiTenant>($"api/tenants/{Uri.EscapeDataString(tenant)}", cancellationToken))?.FromApi()
            ?? throw NoTenant(tenant);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<TenantSnapshot>> TenantsAsync(CancellationToken cancellationToken = default) =>
        [.. (await api.RequireAsync<List<ApiTenant>>("api/tenants", cancellationToken)).Select(tenant => tenant.FromApi())];

    /// <inheritdoc/>
    public async Task<TenantSnapshot> SetQuotaAsync(string tenant, TenantQuota quota, CancellationToken cancellationToken = default) =>
        (await api.PutAsync<ApiTenant>($"api/tenants/{Uri.EscapeDataString(tenant)}/quota", quota.ToApi(), cancellationToken))?.FromApi()
            ?? throw NoTenant(tenant);

    private static string Tenant(string? tenant) => tenant is null ? "" : $"?tenant={Uri.EscapeDataString(tenant)}";

    private static CilApiException NoTenant(string tenant) =>
        new((int)HttpStatusCode.NotFound, ApiProblem.NotFound, $"there is no tenant '{tenant}'");
}
