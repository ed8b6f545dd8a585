using System.Net;
using Orleans.Configuration;

namespace Orleans.Hosting;

/// <summary>Where a silo finds its cluster.</summary>
public static class CoreHostingExtensions
{
    /// <summary>
    /// A cluster on this machine; with the embedded engine, in this process. The silo is its own primary, or joins the one at
    /// <paramref name="primarySiloEndpoint"/>.
    /// </summary>
    public static ISiloBuilder UseLocalhostClustering(
        this ISiloBuilder builder,
        int siloPort = EndpointOptions.DEFAULT_SILO_PORT,
        int gatewayPort = EndpointOptions.DEFAULT_GATEWAY_PORT,
        IPEndPoint? primarySiloEndpoint = null,
        string serviceId = ClusterOptions.Development,
        string clusterId = ClusterOptions.Development)
    {
        builder.Configure<EndpointOptions>(o =>
        {
            o.AdvertisedIPAddress = IPAddress.Loopback;
            o.SiloPort = siloPort;
            o.GatewayPort = gatewayPort;
        });
        builder.Configure<ClusteringOptions>(o =>
        {
            o.IsChosen = true;
            o.PrimarySilo = primarySiloEndpoint;
        });
        return builder.Configure<ClusterOptions>(o =>
        {
            o.ServiceId = serviceId;
            o.ClusterId = clusterId;
        });
    }
}
