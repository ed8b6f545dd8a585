using System.Collections.Concurrent;

namespace Orleans.Tests.Cluster;

/// <summary>Points at which a grain waits for its test, and a record of what happened, by name.</summary>
public sealed class Gates
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _points = new();
    private readonly ConcurrentQueue<string> _events = new();

    public IReadOnlyList<string> Events => [.. _events];

    public void Record(string what)
    {
        _events.Enqueue(what);
        Open(what);
    }

    public void Open(string point) => Point(point).TrySetResult();

    public Task Passed(string point) => Point(point).Task.WaitAsync(TimeSpan.FromSeconds(30));

    private TaskCompletionSource Point(string name) => _points.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
