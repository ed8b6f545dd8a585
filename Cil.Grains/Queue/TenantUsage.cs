namespace Cil.Grains.Queue;

/// <summary>What a tenant has used, as it is ordered among tenants.</summary>
/// <param name="VirtualTime">Its virtual time: device-seconds that it has had, each divided by its share at the time.</param>
/// <param name="ArrivalOrder">
/// A number that grows with each tenant that arrives or comes back: of two tenants of equal usage, the one with the smaller
/// number goes first.
/// </param>
/// <param name="Share">Its weight, above 0.</param>
/// <param name="Running">Its chunks that workers have.</param>
internal readonly record struct TenantUsage(
    string Tenant, double VirtualTime, long ArrivalOrder, double Share, int Running, bool IsPaused);
