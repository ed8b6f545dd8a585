using System.Net;
using System.Net.Sockets;

namespace Cil.TestKit.Storage;

/// <summary>Ports of this machine that nobody listens at, below those that the system hands out by itself.</summary>
internal static class Ports
{
    private const int First = 21000, Last = 29000;
    private static int next = First + (Environment.ProcessId % 700 * 10);

    /// <returns>The first of so many in a row.</returns>
    internal static int Free(int count)
    {
        for (int from = next; from < Last; from++)
        {
            if (!Enumerable.Range(from, count).All(IsFree)) continue;
            next = from + count;
            return from;
        }

        throw new InvalidOperationException($"no {count} free ports from {First} to {Last}");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
