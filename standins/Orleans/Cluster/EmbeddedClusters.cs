using System.Net;
using System.Net.Sockets;

namespace Orleans.Runtime;

/// <summary>The clusters of this process. No port is opened: port numbers only tell silos and clusters apart, as they do in the original.</summary>
internal static class EmbeddedClusters
{
    private static readonly Lock s_gate = new();
    private static readonly List<(Silo Silo, int Port, int GatewayPort, EmbeddedCluster Cluster)> s_silos = [];

    /// <summary>The cluster that a silo joins: its own, or that of the primary silo it names.</summary>
    internal static EmbeddedCluster Join(Silo silo, int port, int gatewayPort, IPEndPoint? primary)
    {
        lock (s_gate)
        {
            if (s_silos.Any(s => s.Port == port || (gatewayPort != 0 && s.GatewayPort == gatewayPort)))
            {
                throw new SocketException((int)SocketError.AddressAlreadyInUse);
            }

            EmbeddedCluster cluster;
            if (primary is null || primary.Port == port)
            {
                cluster = new EmbeddedCluster();
            }
            else
            {
                cluster = s_silos.FirstOrDefault(s => s.Port == primary.Port).Cluster ?? throw new OrleansConfigurationException(
                    $"Primary silo {primary} is not in this process. {Packages.Needed}");
            }

            s_silos.Add((silo, port, gatewayPort, cluster));
            cluster.Join(silo);
            return cluster;
        }
    }

    internal static void Leave(Silo silo)
    {
        lock (s_gate)
        {
            s_silos.RemoveAll(s => s.Silo == silo);
        }
    }

    /// <summary>An active silo behind one of these gateways.</summary>
    internal static Silo? Behind(IReadOnlyCollection<int> gatewayPorts)
    {
        lock (s_gate)
        {
            return s_silos.Where(s => s.Silo.Status == SiloStatus.Active && gatewayPorts.Contains(s.GatewayPort)).Select(s => s.Silo).FirstOrDefault();
        }
    }
}
