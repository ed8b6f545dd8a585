namespace Cil.Grains.Chunks;

/// <summary>Wakes those who wait for a coordinator's next change.</summary>
internal sealed class ChangeSignal
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    private TaskCompletionSource changed = New();

    /// <summary>Done at the next change. To be taken before the state is looked at, so that no change falls between.</summary>
    internal Task Next => changed.Task;

    /// <summary>
    /// Waits for the next change, 2 s at most. A watcher's wait is a request like any other, and an activation that is to leave,
    /// since the silo of its directory entry is lost say, cannot go before its requests are answered, nor begin anew elsewhere.
    /// </summary>
    internal static async Task WaitAsync(Task next, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await next.WaitAsync(Longest, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // As it was.
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
