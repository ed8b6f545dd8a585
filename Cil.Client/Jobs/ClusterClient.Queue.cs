using Cil.Interfaces.Queue;
using Cil.Interfaces.Tenants;

namespace Cil.Client.Jobs;

public sealed partial class ClusterClient
{
    public Task<QueueStatus> QueueAsync(CancellationToken cancellationToken = default) => Queue.StatusAsync().WaitAsync(cancellationToken);

    public Task<IReadOnlyList<ClassDemand>> DemandAsync(CancellationToken cancellationToken = default) =>
        Queue.DemandAsync().WaitAsync(cancellationToken);

    public Task PauseQueueAsync(string? tenant = null, CancellationToken cancellationToken = default) =>
        Queue.PauseAsync(tenant).WaitAsync(cancellationToken);

    public Task UnpauseQueueAsync(string? tenant = null, CancellationToken cancellationToken = default) =>
        Queue.UnpauseAsync(tenant).WaitAsync(cancellationToken);

    public Task PauseModelAsync(string model, CancellationToken cancellationToken = default) =>
        Queue.PauseModelAsync(model).WaitAsync(cancellationToken);

    public Task UnpauseModelAsync(string model, CancellationToken cancellationToken = default) =>
        Queue.UnpauseModelAsync(model).WaitAsync(cancellationToken);

    public Task<TenantSnapshot> TenantAsync(string tenant, CancellationToken cancellationToken = default) =>
        grains.GetGrain<ITenantGrain>(tenant).GetAsync().WaitAsync(cancellationToken);

    public async Task<IReadOnlyList<TenantSnapshot>> TenantsAsync(CancellationToken cancellationToken = default) =>
        await Task.WhenAll((await QueueAsync(cancellationToken)).Tenants.Select(tenant => TenantAsync(tenant.Tenant, cancellationToken)));

    public Task<TenantSnapshot> SetQuotaAsync(string tenant, TenantQuota quota, CancellationToken cancellationToken = default) =>
        grains.GetGrain<ITenantGrain>(tenant).SetQuotaAsync(quota).WaitAsync(cancellationToken);

    private IWorkQueueGrain Queue => grains.GetGrain<IWorkQueueGrain>(0);
}
