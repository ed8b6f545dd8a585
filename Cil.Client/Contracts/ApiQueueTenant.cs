namespace Cil.Client.Contracts;

/// <summary>One tenant's place in the queue.</summary>
/// <param name="Waiting">Jobs that wait.</param>
/// <param name="Share">Its weight among tenants; 1 unless set.</param>
/// <param name="UsedSeconds">Device time that it has had since the queue began.</param>
public sealed record ApiQueueTenant(string Tenant, int Waiting, double Share, double UsedSeconds, bool IsPaused);
