namespace Cil.Client.Contracts;

/// <summary>Where a job stands; written by name.</summary>
public enum ApiJobState
{
    Queued,
    Running,
    Paused,
    Completed,
    Failed,
    Cancelled,
    AwaitingApproval,
}
