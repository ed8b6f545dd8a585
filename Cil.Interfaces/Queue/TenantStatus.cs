namespace Cil.Interfaces.Queue;

/// <summary>One tenant's state in the queue.</summary>
/// <param name="Share">Its weight among tenants; 1 unless set.</param>
/// <param name="Used">Device time that it has had since the queue began, in seconds.</param>
[GenerateSerializer, Immutable, Alias("cil.TenantStatus")]
public sealed record TenantStatus(
    [property: Id(0)] string Tenant, [property: Id(
        1)] int Waiting, [property: Id(2)] double Share, [property: Id(3)] double Used, [property: Id(4)] bool IsPaused);
