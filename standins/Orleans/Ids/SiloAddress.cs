using System.Globalization;
using System.Net;

namespace Orleans.Runtime;

/// <summary>Where a silo is, and which of its lives this is: a restarted silo has the same end point and another generation.</summary>
public sealed class SiloAddress : IEquatable<SiloAddress>, IComparable<SiloAddress>
{
    // As in the original: seconds since this instant, so that a later life has a greater number.
    private static readonly DateTime s_epoch = new(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static int s_lastGeneration;

    private SiloAddress(IPEndPoint endpoint, int generation)
    {
        Endpoint = endpoint;
        Generation = generation;
    }

    /// <summary>Address and port.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Which life of the silo.</summary>
    public int Generation { get; }

    /// <summary>The address of those parts.</summary>
    public static SiloAddress New(IPEndPoint ep, int gen) => new(ep, gen);

    /// <inheritdoc cref="New(IPEndPoint, int)"/>
    public static SiloAddress New(IPAddress address, int port, int generation) => new(new IPEndPoint(address, port), generation);

    /// <summary>A generation greater than those before.</summary>
    public static int AllocateNewGeneration()
    {
        var now = (int)(DateTime.UtcNow - s_epoch).TotalSeconds;
        while (true)
        {
            var last = Volatile.Read(ref s_lastGeneration);
            var next = Math.Max(now, last + 1);
            if (Interlocked.CompareExchange(ref s_lastGeneration, next, last) == last)
            {
                return next;
            }
        }
    }

    /// <summary>Reads what <see cref="ToParsableString"/> writes.</summary>
    /// <exception cref="FormatException">The text is not address:port@generation.</exception>
    public static SiloAddress FromParsableString(string addr)
    {
        var at = addr.LastIndexOf('@');
        return at > 0
            && IPEndPoint.TryParse(addr[..at], out var endpoint)
            && int.TryParse(addr[(at + 1)..], NumberStyles.Integer, CultureInfo.InvariantCulture, out var generation)
                ? new SiloAddress(endpoint, generation)
                : throw new FormatException($"Invalid string SiloAddress: {addr}");
    }

    /// <summary>address:port@generation.</summary>
    public string ToParsableString() => string.Create(CultureInfo.InvariantCulture, $"{Endpoint}@{Generation}");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"S{Endpoint}:{Generation}");

    /// <inheritdoc/>
    public bool Equals(SiloAddress? other) => other is not null && Generation == other.Generation && Endpoint.Equals(other.Endpoint);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SiloAddress);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Endpoint, Generation);

    /// <inheritdoc/>
    public int CompareTo(SiloAddress? other) =>
        other is null ? 1
        : Generation != other.Generation ? Generation.CompareTo(other.Generation)
        : Endpoint.Port != other.Endpoint.Port ? Endpoint.Port.CompareTo(other.Endpoint.Port)
        : string.CompareOrdinal(Endpoint.Address.ToString(), other.Endpoint.Address.ToString());
}
