using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Placement;
using Orleans.Storage;

namespace Orleans.Runtime;

/// <summary>Silos of one process that know each other: who is active, and where each grain is.</summary>
internal sealed class EmbeddedCluster
{
    private readonly ConcurrentDictionary<GrainId, Activation> _directory = new();
    private readonly Lock _gate = new();
    private Silo[] _silos = [];

    internal EmbeddedCluster()
    {
        Reminders = new ReminderTable(this);
    }

    internal event Action? Changed;

    internal ObserverTable Observers { get; } = new();

    internal ReminderTable Reminders { get; }

    internal ConcurrentDictionary<(string Storage, string State, GrainId Grain), MemoryGrainStorage.Record> Memory { get; } = new();

    internal Silo[] ActiveSilos() => [.. _silos.Where(s => s.Status == SiloStatus.Active)];

    /// <summary>Every silo that ever joined, with its present status.</summary>
    internal Silo[] AllSilos() => _silos;

    internal void Join(Silo silo)
    {
        lock (_gate)
        {
            _silos = [.. _silos, silo];
        }
    }

    internal void NotifyChanged() => Changed?.Invoke();

    internal void Dispatch(Request request, Silo from) => Dispatch(request, request.Target, from);

    /// <summary>Brings a turn to the grain's activation, which is made if there is none.</summary>
    internal void Dispatch(Turn turn, GrainReference target, Silo from)
    {
        if (Observers.TryReceive(target.GrainId, turn))
        {
            return;
        }

        if (_directory.TryGetValue(target.GrainId, out var activation))
        {
            activation.Receive(turn);
        }
        else
        {
            _ = PlaceAsync(turn, target, from);
        }
    }

    internal void Remove(Activation activation) => _directory.TryRemove(KeyValuePair.Create(activation.GrainId, activation));

    internal Activation[] ActivationsOf(Silo silo) => [.. _directory.Values.Where(a => a.Silo == silo)];

    private async Task PlaceAsync(Turn turn, GrainReference target, Silo from)
    {
        try
        {
            var grainClass = GrainClasses.Named(target.GrainId.Type);
            var strategy = grainClass.Placement;
            var director = from.Services.GetKeyedService<IPlacementDirector>(strategy.GetType())
                ?? throw new OrleansConfigurationException($"No placement director is registered for {strategy.GetType()}; see AddPlacementDirector.");
            var wanted = new PlacementTarget(target.GrainId, turn.Context ?? [], target.InterfaceType, 0);
            var address = await director.OnAddActivation(strategy, wanted, new PlacementContext(this, from)).ConfigureAwait(false);
            Silo? silo;
            Activation activation;
            bool made;
            lock (_gate)
            {
                silo = _silos.FirstOrDefault(s => s.SiloAddress.Equals(address) && s.Status is SiloStatus.Active or SiloStatus.Joining);
                made = !_directory.TryGetValue(target.GrainId, out activation!);
                if (made)
                {
                    activation = new Activation(target.GrainId, grainClass, silo ?? throw new SiloUnavailableException($"Placement of {target.GrainId} chose silo {address}, which is not active."));
                    _directory[target.GrainId] = activation;
                }
            }

            activation.Receive(turn);
            if (made)
            {
                activation.Begin();
            }
        }
#pragma warning disable CA1031 // What a director throws is the caller's.
        catch (Exception e)
#pragma warning restore CA1031
        {
            turn.Reject(e);
        }
    }
}
