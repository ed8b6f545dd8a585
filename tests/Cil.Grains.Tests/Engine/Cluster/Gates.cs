using System.Collections.Concurrent;

namespace Cil.Grains.Tests.Engine.Cluster;

/// <summary>Points at which a grain waits for its test, and a record of what happened, by name.</summary>
public sealed class Gates
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> points = new();
    private readonly ConcurrentQueue<string> events = new();

    public IReadOnlyList<string> Events => [.. events];

    public void Record(string what)
    {
        events.Enqueue(what);
        Open(what);
    }

    public void Open(string point) => Point(point).TrySetResult();

    public Task Passed(string point) => Point(point).Task.WaitAsync(TimeSpan.FromSeconds(30));

    private TaskCompletionSource Point(string name) => points.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
