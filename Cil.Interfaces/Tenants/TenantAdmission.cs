namespace Cil.Interfaces.Tenants;

/// <summary>Whether a tenant's quotas allow another job.</summary>
[GenerateSerializer, Immutable, Alias("cil.TenantAdmission")]
public abstract record TenantAdmission
{
    private TenantAdmission()
    {
    }

    /// <param name="WaitingJobs">The most that may wait; null for the service's own limit.</param>
    [GenerateSerializer, Immutable, Alias("cil.TenantAdmission.Allowed")]
    public sealed record Allowed([property: Id(0)] int? WaitingJobs) : TenantAdmission;

    /// <summary>A quota is used up.</summary>
    [GenerateSerializer, Immutable, Alias("cil.TenantAdmission.UsedUp")]
    public sealed record UsedUp([property: Id(0)] string Reason, [property: Id(1)] TimeSpan RetryAfter) : TenantAdmission;

    /// <summary>No job of this size is allowed.</summary>
    [GenerateSerializer, Immutable, Alias("cil.TenantAdmission.TooLarge")]
    public sealed record TooLarge([property: Id(0)] string Reason) : TenantAdmission;
}
