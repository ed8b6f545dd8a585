namespace Cil.Grains.Work;

/// <summary>Wakes those who wait for a coordinator's next change.</summary>
internal sealed class ChangeSignal
{
    private TaskCompletionSource changed = New();

    /// <summary>Done at the next change. To be taken before the state is looked at, so that no change falls between.</summary>
    internal Task Next => changed.Task;

    internal void Set()
    {
        TaskCompletionSource before = changed;
        changed = New();
        _ = before.TrySetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
