using System.Runtime.ExceptionServices;
using Orleans.Runtime;

namespace Orleans;

/// <summary>Runs observers stage by stage. One life: start, then stop what had started.</summary>
internal sealed class LifecycleStages : ISiloLifecycle, IGrainLifecycle
{
    private readonly List<Subscription> _subscriptions = [];
    private readonly List<int> _started = [];

    public int HighestCompletedStage { get; private set; } = int.MinValue;

    public int LowestStoppedStage { get; private set; } = int.MaxValue;

    public IDisposable Subscribe(string observerName, int stage, ILifecycleObserver observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(this, stage, observer);
        lock (_subscriptions)
        {
            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    public async Task StartAsync(CancellationToken token)
    {
        foreach (var stage in Stages().Order())
        {
            token.ThrowIfCancellationRequested();
            _started.Add(stage.Key);
            await Task.WhenAll(stage.Value.Select(s => s.Observer.OnStart(token)));
            HighestCompletedStage = stage.Key;
        }
    }

    /// <summary>Stops every stage that had begun, whatever an earlier one throws; then throws the first of these.</summary>
    public async Task StopAsync(CancellationToken token)
    {
        ExceptionDispatchInfo? first = null;
        var stages = Stages();
        foreach (var stage in _started.OrderDescending())
        {
            try
            {
                await Task.WhenAll(stages.GetValueOrDefault(stage, []).Select(s => s.Observer.OnStop(token)));
            }
#pragma warning disable CA1031 // The later stages must stop too.
            catch (Exception e)
#pragma warning restore CA1031
            {
                first ??= ExceptionDispatchInfo.Capture(e);
            }

            LowestStoppedStage = stage;
        }

        _started.Clear();
        first?.Throw();
    }

    private Dictionary<int, Subscription[]> Stages()
    {
        lock (_subscriptions)
        {
            return _subscriptions.GroupBy(s => s.Stage).ToDictionary(g => g.Key, g => g.ToArray());
        }
    }

    private sealed class Subscription(LifecycleStages owner, int stage, ILifecycleObserver observer) : IDisposable
    {
        public int Stage => stage;

        public ILifecycleObserver Observer => observer;

        public void Dispose()
        {
            lock (owner._subscriptions)
            {
                owner._subscriptions.Remove(this);
            }
        }
    }
}
