namespace Orleans.Runtime;

/// <summary>A turn that its own activation asked for, such as a timer's tick; it ends with the activation.</summary>
internal sealed class LocalTurn(Func<Task> run, bool interleaves, bool keepsAlive) : Turn
{
    internal override bool IsAlwaysInterleave => interleaves;

    internal override bool KeepsAlive => keepsAlive;

    internal override Task RunAsync(Activation activation) => run();

    internal override void Reject(Exception reason)
    {
    }

    internal override void Forward(Silo silo)
    {
    }
}
