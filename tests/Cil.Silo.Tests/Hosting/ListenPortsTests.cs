using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Cil.Silo.Cluster;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;

namespace Cil.Silo.Tests.Hosting;

public sealed class ListenPortsTests : IDisposable
{
    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-ports-").FullName;

    [Fact]
    public async Task Start_OnPortsThatOthersHave_NamesEachAndTakesNothing()
    {
        using TcpListener http = Listen(), silo = Listen(), gateway = Listen();
        var options = new ServiceOptions
        {
            Data = Path.Combine(data, "grid"), Models = [model.Folder],
            Cluster = "localhost", SiloPort = Port(silo), GatewayPort = Port(gateway),
            Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port(http)}"),
        };

        ServiceOptionsException error = await Assert.ThrowsAsync<ServiceOptionsException>(() => CilService.StartAsync(options));

        Assert.Equal(
            [nameof(options.Url), nameof(options.SiloPort), nameof(options.GatewayPort)], error.Errors.Select(one => one.Field));
        Assert.All(
            error.Errors,
            one => Assert.EndsWith(
                "another program has the port; give another one, or stop that program", one.Message, StringComparison.Ordinal));
        Assert.False(Directory.Exists(options.Data));
    }

    [Fact]
    public void Faults_OfASiloAlone_DoNotLookAtPortsOfAClusterThatItDoesNotListenAt()
    {
        using TcpListener silo = Listen();

        Assert.Empty(ListenPorts.Errors(new ServiceOptions { Url = "http://127.0.0.1:0", SiloPort = Port(silo) }));
    }

    [Fact]
    public void Name_OfALivingSilo_IsRefusedAndNamesItsProcess()
    {
        using (SiloNameLock.Take(data, "w1"))
        using (ServiceFile.Write(data, "w1", url: null))
        using (SiloNameLock.Take(data, "w2"))
        {
            SiloNameTakenException taken = Assert.Throws<SiloNameTakenException>(() => SiloNameLock.Take(data, "w1"));

            Assert.Contains("'w1'", taken.Message, StringComparison.Ordinal);
            Assert.Contains(
                $"process {Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}", taken.Message, StringComparison.Ordinal);
        }

        SiloNameLock.Take(data, "w1").Dispose();
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(data, recursive: true);
    }

    private static TcpListener Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;
}
