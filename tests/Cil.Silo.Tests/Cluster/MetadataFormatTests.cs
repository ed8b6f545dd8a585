using System.Net;
using Cil.Silo.Cluster;
using Orleans.Runtime;

namespace Cil.Silo.Tests.Cluster;

/// <summary>What may be written while silos of two versions are in the cluster.</summary>
public sealed class MetadataFormatTests
{
    [Theory]
    [InlineData("1 Active, 1 Active", 1)]
    [InlineData("2 Active, 1 Active", 1)]
    [InlineData("1 Active, - Active", 0)]
    [InlineData("1 Active, - Joining", 0)]
    [InlineData("1 Active, - ShuttingDown", 0)]
    [InlineData("1 Active, - Stopping", 0)]
    [InlineData("1 Active, - Dead", 1)]
    [InlineData("1 Active, x Active", 0)]
    [InlineData("", 0)]
    public void Format_IsTheLowestOfAllSilosThatAreNotDead(string cluster, int expected)
    {
        string[][] silos = [.. cluster.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(silo => silo.Split(' '))];

        int format = MetadataFormat.Lowest(
            silos.Select((silo, port) => KeyValuePair.Create(Address(port), Enum.Parse<SiloStatus>(silo[1]))),
            address => silos[address.Endpoint.Port][0] is var said and not "-" ? said : null);

        Assert.Equal(expected, format);
    }

    private static SiloAddress Address(int port) => SiloAddress.New(IPAddress.Loopback, port, 1);
}
