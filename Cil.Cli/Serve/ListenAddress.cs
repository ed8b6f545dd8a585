using System.Net;
using System.Net.Sockets;
using Cil.Cli.Options;

namespace Cil.Cli.Serve;

/// <summary>Whether HTTP can be answered where it is to be. Asked before the silo starts, which would have to stop again.</summary>
internal static class ListenAddress
{
    /// <param name="urls">As <see cref="Silo.Options.ServiceOptions.Url"/> has them, already read once.</param>
    /// <exception cref="BadInputException">A port is taken, or not for this user, or the address is none of this machine's.</exception>
    internal static void RequireFree(string urls)
    {
        foreach (string url in urls.Split(';'))
        {
            // '*' and '+' are no hosts of a Uri; both mean any address.
            var address = new Uri(url.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal));
            if (address.Port == 0) continue;
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(Address(address), address.Port));
                socket.Listen();
            }
            catch (SocketException error)
            {
                throw new BadInputException("--url", $"cannot answer at {url}: {Reason(error)}");
            }
        }
    }

    // A host's name that is neither an address nor localhost means any address, as the web server has it.
    private static IPAddress Address(Uri url) => IPAddress.TryParse(url.DnsSafeHost, out IPAddress? address) ? address : url.IsLoopback ? IPAddress.Loopback : IPAddress.Any;

    private static string Reason(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "another program has the port; give another one, or stop that program",
        SocketError.AccessDenied => "the port is not for this user",
        SocketError.AddressNotAvailable => "the address is none of this machine's",
        _ => error.Message,
    };
}
