using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Cil.Grains.Placement;
using Cil.Grains.Versions;
using Cil.Silo.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime.MembershipService.SiloMetadata;
using StackExchange.Redis;

namespace Cil.Silo.Cluster;

/// <summary>Orleans' own providers of membership and the grain directory.</summary>
internal static class ClusterProviders
{
    // A silo is suspected after so many probes in a row went unanswered; a second one must agree, where there is one.
    private const int MissedProbes = 3, Votes = 2;

    // A probe through another silo, or on a busy machine, is waited for so many times as long.
    private const double LongestProbe = 2;

    // The table is read again after gossip; this is for what gossip has missed.
    private static readonly TimeSpan TableRefresh = TimeSpan.FromSeconds(10), AlivePublish = TimeSpan.FromSeconds(10);

    /// <summary>Makes the silo one of its cluster.</summary>
    internal static void Join(ISiloBuilder silo, ServiceOptions options, ClusterChoice choice)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
        if (choice.Kind != ClusterKind.Localhost)
        {
            IPAddress address = Advertised(options);
            silo.ConfigureEndpoints(address, options.SiloPort, options.GatewayPort, listenOnAnyHostAddress: true);
        }

        silo.Configure<ClusterMembershipOptions>(membership =>
        {
            // Orleans would shorten it by what it sees; a machine that is busy for a moment is not lost. A silo that was heard
            // within three of the longest probes is not voted against: so long a frozen one is taken for alive.
            membership.ProbeTimeout = membership.MinProbeTimeout = TimeSpan.FromSeconds(options.ProbeSeconds);
            membership.MaxProbeTimeout = TimeSpan.FromSeconds(options.ProbeSeconds * LongestProbe);
            membership.NumMissedProbesLimit = MissedProbes;
            membership.NumVotesForDeathDeclaration = Votes;
            membership.TableRefreshTimeout = TableRefresh;
            membership.IAmAliveTablePublishTimeout = AlivePublish;
        });
        silo.UseSiloMetadata(new Dictionary<string, string>
        {
            [MetadataRoles.Key] = options.Role.ToString(),
            [MetadataFormat.Key] = GridFormat.Latest.ToString(CultureInfo.InvariantCulture),
        });
        silo.Services.AddSingleton<ISiloRoles, MetadataRoles>();
        silo.Services.AddSingleton<IClusterFormat, MetadataFormat>();
        switch (choice.Kind)
        {
            case ClusterKind.Localhost:
                var first = new IPEndPoint(IPAddress.Loopback, int.Parse(choice.Connection, CultureInfo.InvariantCulture));
                silo.UseLocalhostClustering(
                    options.SiloPort, options.GatewayPort, options.SiloPort == first.Port ? null : first,
                    options.ServiceId, options.ClusterId);
                break;
            case ClusterKind.Redis:
                silo.UseRedisClustering(redis => redis.ConfigurationOptions = Redis(choice));
                silo.UseRedisGrainDirectoryAsDefault((RedisGrainDirectoryOptions redis) => redis.ConfigurationOptions = Redis(choice));
                break;
            case ClusterKind.AdoNet:
                silo.UseAdoNetClustering(
                    (AdoNetClusteringSiloOptions ado) => (ado.Invariant, ado.ConnectionString) = (PostgresInvariant, choice.Connection));
                break;
            case ClusterKind.Azure:
                silo.UseAzureStorageClustering(
                    (Orleans.Clustering.AzureStorage.AzureStorageClusteringOptions azure) =>
                        azure.TableServiceClient = new Azure.Data.Tables.TableServiceClient(choice.Connection));
                break;
        }
    }

    /// <summary>Makes a process outside the silos a client of their gateways, which it finds where silos find each other.</summary>
    internal static void Connect(IClientBuilder client, ServiceOptions options, ClusterChoice choice)
    {
        client.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
        switch (choice.Kind)
        {
            case ClusterKind.Redis:
                client.UseRedisClustering(redis => redis.ConfigurationOptions = Redis(choice));
                break;
            case ClusterKind.AdoNet:
                client.UseAdoNetClustering(
                    (AdoNetClusteringClientOptions ado) => (ado.Invariant, ado.ConnectionString) = (PostgresInvariant, choice.Connection));
                break;
            case ClusterKind.Azure:
                client.UseAzureStorageClustering(
                    (Orleans.Clustering.AzureStorage.AzureStorageGatewayOptions azure) =>
                        azure.TableServiceClient = new Azure.Data.Tables.TableServiceClient(choice.Connection));
                break;
        }
    }

    // Milliseconds until a Redis that does not answer counts as away.
    private const int RedisTimeout = 2000;

    // PostgreSQL is the database that is tried; its driver is among the packages.
    private const string PostgresInvariant = "Npgsql";

    private static ConfigurationOptions Redis(ClusterChoice choice)
    {
        ConfigurationOptions options = ConfigurationOptions.Parse(choice.Connection);
        // A silo must outlive a restart of Redis. While it is away, calls fail at once instead of waiting for it: a client is told to come
        // again, and a silo that is told to stop stops.
        options.AbortOnConnectFail = false;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        options.ConnectTimeout = options.SyncTimeout = options.AsyncTimeout = RedisTimeout;
        return options;
    }

    /// <summary>Where other silos reach one with these options.</summary>
    internal static IPAddress Advertised(ServiceOptions options) => options.Advertise is { } text
        ? IPAddress.TryParse(text, out IPAddress? address) ? address : Dns.GetHostAddresses(text, AddressFamily.InterNetwork)[0]
        : Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork).FirstOrDefault(one => !IPAddress.IsLoopback(one))
            ?? IPAddress.Loopback;
}
