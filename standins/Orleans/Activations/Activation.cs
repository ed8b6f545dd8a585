using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>
/// One activation of a grain: decides which turns run and which wait. The other half, Activation.Life.cs, begins and ends it.
/// </summary>
internal sealed partial class Activation : IGrainContext
{
    private readonly Lock _gate = new();
    private readonly Queue<Turn> _waiting = new();
    private readonly List<Turn> _running = [];
    private readonly GrainClass _class;
    private readonly ActivationScheduler _scheduler;
    private readonly AsyncServiceScope _services;
    private readonly LifecycleStages _lifecycle = new();
    private readonly TaskCompletionSource _deactivated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<IDisposable> _timers = [];
    private readonly ILogger _logger;
    private ActivationState _state;
    private DeactivationReason? _ending;
    private DateTimeOffset _lastUse;
    private DateTimeOffset _keepUntil;

    internal Activation(GrainId grainId, GrainClass grainClass, Silo silo)
    {
        GrainId = grainId;
        Silo = silo;
        _class = grainClass;
        _scheduler = new ActivationScheduler(this);
        _services = silo.Services.CreateAsyncScope();
        _logger = silo.LoggerOf(grainClass.Type);
        _lastUse = silo.Time.GetUtcNow();
        GrainReference = GrainInterface.Of(grainClass.MainInterface).Make(grainId, silo);
        IncomingFilters = silo.IncomingFilters;
    }

    public GrainReference GrainReference { get; }

    public GrainId GrainId { get; }

    public object? GrainInstance { get; private set; }

    public IServiceProvider ActivationServices => _services.ServiceProvider;

    public IGrainLifecycle ObservableLifecycle => _lifecycle;

    public Task Deactivated => _deactivated.Task;

    internal Silo Silo { get; }

    internal GrainClass Class => _class;

    internal IReadOnlyList<IIncomingGrainCallFilter> IncomingFilters { get; private set; }

    public bool Equals(IGrainContext? other) => ReferenceEquals(this, other);

    /// <summary>The object that a call by this interface goes to.</summary>
    internal object Target(GrainInterface face) =>
        face.Type.IsInstanceOfType(GrainInstance)
            ? GrainInstance
            : throw new InvalidOperationException($"Grain {GrainId} of class {_class.Type} does not implement {face.Type}.");

    /// <summary>Takes a turn: it starts now or waits, and is passed on when the activation has ended.</summary>
    internal void Receive(Turn turn)
    {
        lock (_gate)
        {
            if (_state != ActivationState.Ended)
            {
                if (_state != ActivationState.Valid || !MayStart(turn))
                {
                    _waiting.Enqueue(turn);
                    return;
                }

                _running.Add(turn);
                turn = turn.KeepsAlive ? Used(turn) : turn;
                Start(turn);
                return;
            }
        }

        turn.Forward(Silo);
    }

    internal void LogUnanswered(Exception exception, GrainMethod method) => LogUnanswered(_logger, exception, method.Method.Name, GrainId);

    private Turn Used(Turn turn)
    {
        _lastUse = Silo.Time.GetUtcNow();
        return turn;
    }

    // Turns that always interleave do not keep others from starting.
    private bool MayStart(Turn turn)
    {
        if (_class.IsReentrant || turn.IsAlwaysInterleave)
        {
            return true;
        }

        foreach (var other in _running)
        {
            if (!other.IsAlwaysInterleave && !(turn.IsReadOnly && other.IsReadOnly))
            {
                return false;
            }
        }

        return true;
    }

    private void Start(Turn turn) =>
        new Task(() => _ = RunAsync(turn)).Start(_scheduler);

    private async Task RunAsync(Turn turn)
    {
        RequestContext.Current = turn.Context;
        await turn.RunAsync(this);
        bool idle;
        lock (_gate)
        {
            _running.Remove(turn);
            if (turn.KeepsAlive)
            {
                _lastUse = Silo.Time.GetUtcNow();
            }

            StartWaiting();
            idle = _running.Count == 0 && _ending is not null && _state == ActivationState.Valid;
            if (idle)
            {
                _state = ActivationState.Deactivating;
            }
        }

        if (idle)
        {
            await EndAsync(CancellationToken.None);
        }
    }

    private void StartWaiting()
    {
        while (_ending is null && _state == ActivationState.Valid && _waiting.TryPeek(out var next) && MayStart(next))
        {
            _waiting.Dequeue();
            _running.Add(next);
            Start(next);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Method} of grain {GrainId} failed, and nobody waits for its answer")]
    private static partial void LogUnanswered(ILogger logger, Exception exception, string method, GrainId grainId);
}
