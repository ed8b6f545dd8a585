namespace Orleans;

/// <summary>A life in stages.</summary>
public interface ILifecycleObservable
{
    /// <summary>Takes part in a stage: stages start in ascending and stop in descending order, those of one stage together.</summary>
    IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer);
}
