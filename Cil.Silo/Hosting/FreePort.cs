using System.Net;
using System.Net.Sockets;

namespace Cil.Silo.Hosting;

/// <summary>Ports for what only this process talks to.</summary>
internal static class FreePort
{
    internal static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
