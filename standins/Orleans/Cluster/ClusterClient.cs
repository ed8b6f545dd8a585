using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Runtime;

/// <summary>A client outside the silos, in the same process: it sends through a silo behind one of its gateways.</summary>
internal sealed class ClusterClient : GrainFactory, IClusterClient, IHostedService
{
    private readonly Connection _connection;

    public ClusterClient(IServiceProvider services, IOptions<GatewayOptions> gateways, IOptions<ClientMessagingOptions> messaging)
        : this(services, new Connection(services, gateways.Value, messaging.Value))
    {
    }

    private ClusterClient(IServiceProvider services, Connection connection)
        : base(connection)
    {
        ServiceProvider = services;
        _connection = connection;
    }

    public IServiceProvider ServiceProvider { get; }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _connection.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _connection.Stop();
        return Task.CompletedTask;
    }

    private sealed class Connection(IServiceProvider services, GatewayOptions gateways, ClientMessagingOptions messaging) : ICaller
    {
        private Silo? _silo;
        private bool _running;

        public Silo Gateway
        {
            get
            {
                if (!_running)
                {
                    throw new InvalidOperationException("The client is not connected: start its host first.");
                }

                var silo = _silo;
                if (silo?.Status != SiloStatus.Active)
                {
                    _silo = silo = EmbeddedClusters.Behind(gateways.Ports)
                        ?? throw new SiloUnavailableException($"None of the gateways at ports {string.Join(", ", gateways.Ports)} is available.");
                }

                return silo;
            }
        }

        public TimeSpan ResponseTimeout => messaging.ResponseTimeout;

        public bool WaitForCancellationAcknowledgement => messaging.WaitForCancellationAcknowledgement;

        public IReadOnlyList<IOutgoingGrainCallFilter> OutgoingFilters { get; } = [.. services.GetServices<IOutgoingGrainCallFilter>()];

        internal void Start()
        {
            if (gateways.Ports.Count == 0)
            {
                throw new OrleansConfigurationException($"Clustering has not been configured. For a client in the silo's process, use IClientBuilder.UseLocalhostClustering(). {Packages.Needed}");
            }

            _running = true;
            try
            {
                _ = Gateway;
            }
            catch (SiloUnavailableException e)
            {
                _running = false;
                throw new SiloUnavailableException($"No silo in this process is active behind gateway ports {string.Join(", ", gateways.Ports)}. {Packages.Needed}", e);
            }
        }

        internal void Stop() => _running = false;
    }
}
