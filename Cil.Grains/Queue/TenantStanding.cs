namespace Cil.Grains.Queue;

/// <summary>Where a tenant stands among tenants.</summary>
/// <param name="Virtual">Its virtual time: device-seconds that it has had, each divided by its share at the time.</param>
/// <param name="Came">Grows with each tenant that comes or comes back: of two that have had the same, who came first goes first.</param>
/// <param name="Share">Its weight, above 0.</param>
/// <param name="Running">Its chunks that are at work.</param>
internal readonly record struct TenantStanding(string Tenant, double Virtual, long Came, double Share, int Running, bool IsPaused);
