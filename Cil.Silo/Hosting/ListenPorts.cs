using System.Net;
using System.Net.Sockets;
using Cil.Interfaces;
using Cil.Silo.Options;

namespace Cil.Silo.Hosting;

/// <summary>
/// Whether this silo can listen where it is to: asked before it takes anything or tells its cluster of itself. A silo that joins at the
/// address of a living one would have that one taken for dead.
/// </summary>
internal static class ListenPorts
{
    /// <summary>Every port that is another program's, or not for this user, and every address that is none of this machine's.</summary>
    internal static IReadOnlyList<RequestError> Errors(ServiceOptions options)
    {
        var errors = new List<RequestError>();
        foreach (string url in options.Url.Split(';')) CheckUrl(nameof(options.Url), url);
        if (options.ScalerUrl is { } scaler) CheckUrl(nameof(options.ScalerUrl), scaler);

        ClusterKind kind = ClusterChoice.Parse(options.Cluster)!.Kind;
        if (kind == ClusterKind.None) return errors;
        IPAddress own = kind == ClusterKind.Localhost ? IPAddress.Loopback : IPAddress.Any;
        Check(nameof(options.SiloPort), $"cannot listen for silos at {own}:{options.SiloPort}", own, options.SiloPort);
        Check(nameof(options.GatewayPort), $"cannot listen for clients at {own}:{options.GatewayPort}", own, options.GatewayPort);
        return errors;

        void CheckUrl(string field, string url)
        {
            // '*' and '+' are no hosts of a Uri; both mean any address.
            var address = new Uri(
                url.Replace("://*", "://any", StringComparison.Ordinal).Replace("://+", "://any", StringComparison.Ordinal));
            Check(field, $"cannot answer at {url}", Address(address), address.Port);
        }

        void Check(string field, string what, IPAddress address, int port)
        {
            if (port == 0) return;
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(address, port));
                socket.Listen();
            }
            catch (SocketException error)
            {
                errors.Add(new RequestError(field, $"{what}: {Reason(error)}"));
            }
        }
    }

    // A host's name that is neither an address nor localhost means any address, as the web server has it.
    private static IPAddress Address(Uri url) =>
        IPAddress.TryParse(url.DnsSafeHost, out IPAddress? address) ? address : url.IsLoopback ? IPAddress.Loopback : IPAddress.Any;

    private static string Reason(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "another program has the port; give another one, or stop that program",
        SocketError.AccessDenied => "the port is not for this user",
        SocketError.AddressNotAvailable => "the address is none of this machine's",
        _ => error.Message,
    };
}
