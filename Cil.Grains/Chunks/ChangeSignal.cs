namespace Cil.Grains.Chunks;

/// <summary>Wakes the watchers of a coordinator at its next change.</summary>
internal sealed class ChangeSignal
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private TaskCompletionSource changed = New();

    /// <summary>Completes at the next change. Take it before reading the state, so that no change is missed in between.</summary>
    internal Task Next => changed.Task;

    /// <summary>
    /// Waits for the next change, 2 s at most. A watcher's wait is a request like any other, and an activation that must be
    /// deactivated (since its directory entry was lost with a silo, for example) cannot go, nor be activated elsewhere,
    /// before its requests are answered.
    /// </summary>
    internal static async Task WaitAsync(Task next, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(Longest, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // No change: the watcher is sent the state again.
        }
    }

    internal void Set()
    {
        TaskCompletionSource before = changed;
        changed = New();
        _ = before.TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
