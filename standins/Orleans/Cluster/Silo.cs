using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Timers;

namespace Orleans.Runtime;

/// <summary>A silo: a host's place in the cluster, with its grains' activations.</summary>
internal sealed partial class Silo : ICaller, ILocalSiloDetails, IGrainRuntime
{
    private readonly EndpointOptions _endpoint;
    private readonly ClusteringOptions _clustering;
    private readonly SiloMessagingOptions _messaging;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly LifecycleStages _lifecycle = new();
    private readonly Lazy<IReadOnlyList<IIncomingGrainCallFilter>> _incoming;
    private readonly Lazy<IReadOnlyList<IOutgoingGrainCallFilter>> _outgoing;
    private EmbeddedCluster? _cluster;
    private ITimer? _collector;

    public Silo(
        IServiceProvider services,
        TimeProvider time,
        ILoggerFactory loggers,
        IOptions<EndpointOptions> endpoint,
        IOptions<ClusterOptions> clusterOptions,
        IOptions<ClusteringOptions> clustering,
        IOptions<SiloOptions> options,
        IOptions<SiloMessagingOptions> messaging,
        IOptions<GrainCollectionOptions> collection)
    {
        Services = services;
        Time = time;
        Collection = collection.Value;
        ClusterId = clusterOptions.Value.ClusterId;
        _loggers = loggers;
        _logger = loggers.CreateLogger("Orleans.Silo");
        _endpoint = endpoint.Value;
        _clustering = clustering.Value;
        _messaging = messaging.Value;
        SiloAddress = SiloAddress.New(_endpoint.AdvertisedIPAddress ?? IPAddress.Loopback, _endpoint.SiloPort, SiloAddress.AllocateNewGeneration());
        GatewayAddress = SiloAddress.New(SiloAddress.Endpoint.Address, _endpoint.GatewayPort, SiloAddress.Generation);
        Name = string.IsNullOrEmpty(options.Value.SiloName) ? $"Silo_{Guid.NewGuid():N}"[..10] : options.Value.SiloName;
        _incoming = new(() => [.. services.GetServices<IIncomingGrainCallFilter>()]);
        _outgoing = new(() => [.. services.GetServices<IOutgoingGrainCallFilter>()]);
        GrainFactory = new GrainFactory(this);
    }

    public string Name { get; }

    public string ClusterId { get; }

    public string DnsHostName => Dns.GetHostName();

    public SiloAddress SiloAddress { get; }

    public SiloAddress GatewayAddress { get; }

    public IGrainFactory GrainFactory { get; }

    public IServiceProvider ServiceProvider => Services;

    public string SiloIdentity => SiloAddress.ToString();

    public TimeProvider TimeProvider => Time;

    public ITimerRegistry TimerRegistry => Services.GetRequiredService<ITimerRegistry>();

    public TimeSpan ResponseTimeout => _messaging.ResponseTimeout;

    public bool WaitForCancellationAcknowledgement => _messaging.WaitForCancellationAcknowledgement;

    public IReadOnlyList<IOutgoingGrainCallFilter> OutgoingFilters => _outgoing.Value;

    public Silo Gateway => Status is SiloStatus.Dead
        ? throw new SiloUnavailableException($"The silo {SiloAddress} is no longer running.")
        : this;

    internal IServiceProvider Services { get; }

    internal TimeProvider Time { get; }

    internal GrainCollectionOptions Collection { get; }

    internal IReadOnlyList<IIncomingGrainCallFilter> IncomingFilters => _incoming.Value;

    internal SiloStatus Status { get; private set; } = SiloStatus.Created;

    internal EmbeddedCluster Cluster => _cluster ?? throw new InvalidOperationException("The silo has not started: grains can be called once the host runs.");

    internal int ActivationCount => Cluster.ActivationsOf(this).Length;

    public void DeactivateOnIdle(IGrainContext grainContext)
    {
        var activation = (Activation)grainContext;
        activation.Delay(TimeSpan.Zero);
        activation.Deactivate(new(DeactivationReasonCode.ApplicationRequested, "DeactivateOnIdle was called."));
    }

    public void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan) => ((Activation)grainContext).Delay(timeSpan);

    internal ILogger LoggerOf(Type type) => _loggers.CreateLogger(type.FullName!);

    internal TimeSpan CollectionAge(GrainClass grainClass) =>
        Collection.ClassSpecificCollectionAge.TryGetValue(grainClass.Type.FullName!, out var age) ? age : grainClass.AgeLimit ?? Collection.CollectionAge;

    internal void Remove(Activation activation) => _cluster?.Remove(activation);
}
