namespace Cil.Interfaces.Chunks;

/// <summary>The answer to a heartbeat.</summary>
[GenerateSerializer, Alias("cil.HeartbeatAnswer")]
public enum HeartbeatAnswer
{
    GoOn = 0,

    /// <summary>The job was cancelled, or the lease has passed to another: stop within one step.</summary>
    Stop = 1,
}
