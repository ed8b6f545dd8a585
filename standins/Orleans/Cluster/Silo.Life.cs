using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orleans.Runtime;

/// <summary>How a silo starts and stops, or is lost.</summary>
internal sealed partial class Silo
{
    internal async Task StartAsync(CancellationToken token)
    {
        if (!_clustering.IsChosen)
        {
            throw new OrleansConfigurationException($"Clustering has not been configured. For one process, use ISiloBuilder.UseLocalhostClustering(). {Packages.Needed}");
        }

        _cluster = EmbeddedClusters.Join(this, _endpoint.SiloPort, _endpoint.GatewayPort, _clustering.PrimarySilo);
        _lifecycle.Subscribe("Orleans.Silo", ServiceLifecycleStage.BecomeActive, BecomeActive, Drain);
        foreach (var participant in Services.GetServices<ILifecycleParticipant<ISiloLifecycle>>())
        {
            participant.Participate(_lifecycle);
        }

        Status = SiloStatus.Joining;
        try
        {
            await _lifecycle.StartAsync(token);
        }
        catch
        {
            Lose();
            throw;
        }
    }

    /// <summary>Stops: grains end what they do and are deactivated. With a token that is cancelled already it is as if the silo were lost.</summary>
    internal async Task StopAsync(CancellationToken token)
    {
        if (Status is SiloStatus.Created or SiloStatus.Dead)
        {
            return;
        }

        if (token.IsCancellationRequested)
        {
            Lose();
        }

        try
        {
            await _lifecycle.StopAsync(token);
        }
        finally
        {
            Lose();
        }
    }

    /// <summary>Gone at once: nothing of it runs any more, and those who wait for its answers get <see cref="SiloUnavailableException"/>.</summary>
    internal void Lose()
    {
        if (Status is SiloStatus.Dead)
        {
            return;
        }

        Status = SiloStatus.Dead;
        _collector?.Dispose();
        EmbeddedClusters.Leave(this);
        if (_cluster is null)
        {
            return;
        }

        foreach (var activation in _cluster.ActivationsOf(this))
        {
            _cluster.Remove(activation);
            activation.Abandon(new SiloUnavailableException($"The target silo became unavailable for message: {SiloAddress}. See https://aka.ms/orleans-troubleshooting for more information."));
        }

        if (_cluster.ActiveSilos().Length == 0)
        {
            _cluster.Reminders.Clear();
        }

        _cluster.NotifyChanged();
    }

    private Task BecomeActive(CancellationToken token)
    {
        Status = SiloStatus.Active;
        using (ExecutionContext.SuppressFlow())
        {
            _collector = Time.CreateTimer(static silo => ((Silo)silo!).Collect(), this, Collection.CollectionQuantum, Collection.CollectionQuantum);
        }

        Cluster.NotifyChanged();
        LogActive(_logger, Name, SiloAddress);
        return Task.CompletedTask;
    }

    private async Task Drain(CancellationToken token)
    {
        if (Status is SiloStatus.Dead)
        {
            return;
        }

        Status = SiloStatus.ShuttingDown;
        Cluster.NotifyChanged();
        var activations = Cluster.ActivationsOf(this);
        foreach (var activation in activations)
        {
            activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "This process is terminating."), token);
        }

        try
        {
            await Task.WhenAll(activations.Select(a => a.Deactivated)).WaitAsync(token);
        }
        catch (OperationCanceledException)
        {
            // The host's patience is at an end; what still runs is lost.
        }

        Status = SiloStatus.Stopping;
    }

    private void Collect()
    {
        var now = Time.GetUtcNow();
        foreach (var activation in Cluster.ActivationsOf(this))
        {
            activation.CollectIfIdle(now);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Silo {Name} at {Address} is active, embedded in this process")]
    private static partial void LogActive(ILogger logger, string name, SiloAddress address);
}
