using System.Collections.Concurrent;
using System.Globalization;

namespace Orleans.Runtime;

/// <summary>Objects outside the grid that grains may call. Held weakly, as in the original.</summary>
internal sealed class ObserverTable
{
    private static readonly GrainType s_type = GrainType.Create("sys.client.observer");

    private readonly ConcurrentDictionary<GrainId, Observer> _observers = new();

    internal GrainId Add(IGrainObserver observer)
    {
        var id = GrainId.Create(s_type, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        _observers[id] = new Observer(observer);
        return id;
    }

    internal void Remove(GrainId id) => _observers.TryRemove(id, out _);

    /// <summary>True when the id is an observer's; its calls run one after the other.</summary>
    internal bool TryReceive(GrainId id, Turn turn)
    {
        if (id.Type != s_type)
        {
            return false;
        }

        if (turn is Request request && _observers.TryGetValue(id, out var observer) && observer.Receive(request))
        {
            return true;
        }

        _observers.TryRemove(id, out _);
        turn.Reject(new ClientNotAvailableException($"No available client observer {id}"));
        return true;
    }

    private sealed class Observer(IGrainObserver target)
    {
        private readonly WeakReference<IGrainObserver> _target = new(target);
        private readonly ConcurrentExclusiveSchedulerPair _oneAtATime = new();

        internal bool Receive(Request request)
        {
            if (!_target.TryGetTarget(out var target))
            {
                return false;
            }

            _ = Task.Factory.StartNew(() => request.RunAsync(target), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _oneAtATime.ExclusiveScheduler);
            return true;
        }
    }
}
