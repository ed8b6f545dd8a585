using System.Net;
using System.Net.Sockets;
using Cil.Silo.Options;
using Microsoft.Extensions.Options;

namespace Cil.Silo.Outbound;

/// <summary>
/// Which addresses are reached for tenants: public ones, and those of networks that the operator names. Everything else would let
/// a tenant ask what only this machine or its network may be asked.
/// </summary>
internal sealed class AddressGuard(IOptions<OutboundOptions> options)
{
    // IANA's registries of special-purpose addresses, without those that are globally reachable.
    private static readonly IPNetwork[] Special =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
            "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        ]).Select(IPNetwork.Parse),
    ];

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    private readonly IPNetwork[] allowed = [.. options.Value.Networks.Select(IPNetwork.Parse)];

    internal bool MayReach(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (allowed.Any(network => network.Contains(address))) return true;
        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => !Special.Any(network => network.Contains(address)),
            AddressFamily.InterNetworkV6 => Global6.Contains(address) && !Special.Any(network => network.Contains(address)),
            _ => false,
        };
    }

    /// <summary>Why an address is not reached, as far as it tells by itself; null where it may be.</summary>
    internal string? Refusal(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.HostNameType is UriHostNameType.Unknown or UriHostNameType.Basic)
            return $"expected an address that begins with https://, got '{url}'";
        if (uri.UserInfo.Length > 0) return "an address has no user name or password in it";
        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && options.Value.LoopbackHttp && uri.IsLoopback))
            return $"expected an address that begins with https://, got '{uri.Scheme}://'";
        bool isKnown = IPAddress.TryParse(uri.DnsSafeHost, out IPAddress? address);
        return (isKnown && !MayReach(address!)) || (uri.IsLoopback && !MayReach(IPAddress.Loopback))
            ? $"'{uri.Host}' is not a public address"
            : null;
    }

    /// <summary>
    /// Connects to the first address of a host that may be reached. What the name means is asked once, here, so that it
    /// cannot mean something else a moment later.
    /// </summary>
    /// <exception cref="AddressRefusedException">It has none.</exception>
    internal async ValueTask<Stream> ConnectAsync(DnsEndPoint host, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = [.. (await Dns.GetHostAddressesAsync(host.Host, cancellationToken)).Where(MayReach)];
        }
        catch (SocketException)
        {
            addresses = [];
        }

        // The same word for a name that is not known: nobody is told which names there are inside.
        if (addresses.Length == 0) throw new AddressRefusedException($"'{host.Host}' has no public address");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, host.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
