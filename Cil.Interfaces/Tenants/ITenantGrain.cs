using Orleans.Concurrency;

namespace Cil.Interfaces.Tenants;

/// <summary>What one tenant may use, and what it has used, over all coordinators. Its key is the tenant's name.</summary>
[Alias("cil.ITenantGrain")]
public interface ITenantGrain : IGrainWithStringKey
{
    [Alias("Get"), ResponseTimeout(CallTimeout.Short)] Task<TenantSnapshot> GetAsync();

    /// <summary>Sets what it may use from now on. Jobs that were accepted go on.</summary>
    [Alias("SetQuota")] Task<TenantSnapshot> SetQuotaAsync(TenantQuota quota);

    /// <summary>Whether its quotas allow another job.</summary>
    /// <param name="work">Of the job: pixels times denoising steps, of all frames.</param>
    [Alias("Admit"), ResponseTimeout(CallTimeout.Short)] Task<TenantAdmission> AdmitAsync(long work);

    /// <summary>Counts device time. What was counted in the last seconds is lost with its silo.</summary>
    [Alias("Charge"), OneWay] Task ChargeAsync(TimeSpan used);

    /// <summary>Counts bytes that a job keeps in storage, or that are not kept any more.</summary>
    [Alias("Store"), OneWay] Task StoreAsync(long bytes);
}
