using Cil.Silo.Hosting;
using Orleans.Hosting;

namespace Cil.Silo.Cluster;

/// <summary>Built with the Orleans stand-in: one process, no cluster.</summary>
internal static class ClusterProviders
{
    private const string Packages = "Microsoft.Orleans.Server and, for the cluster asked for, Microsoft.Orleans.Clustering.Redis, .AdoNet or .AzureStorage";

    /// <exception cref="ClusterUnavailableException">Always.</exception>
    internal static void Join(ISiloBuilder silo, ServiceOptions options, ClusterChoice choice) => throw Unavailable(choice);

    /// <inheritdoc cref="Join"/>
    internal static void Connect(IClientBuilder client, ServiceOptions options, ClusterChoice choice) => throw Unavailable(choice);

    private static ClusterUnavailableException Unavailable(ClusterChoice choice) => new(
        $"cluster {choice.Kind}: this build runs in one process; a cluster needs the packages {Packages}: delete CilPackages.props where the registry has them, or build with -p:CilPackages=registry");
}
