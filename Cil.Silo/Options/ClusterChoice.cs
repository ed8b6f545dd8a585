using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Cil.Silo.Options;

/// <summary>Where silos find each other, and how it is reached.</summary>
/// <param name="Connection">
/// For Redis its configuration, for ADO.NET a connection string, for Azure a storage account's; for localhost the port of the
/// first silo.
/// </param>
public sealed record ClusterChoice(ClusterKind Kind, string Connection)
{
    /// <summary>What <see cref="Parse"/> reads.</summary>
    public const string Forms = "none, localhost, localhost=PORT, redis=HOST:PORT, adonet=CONNECTION or azure=CONNECTION";

    /// <summary>The port where the first silo of this machine listens for others, unless it is said.</summary>
    public const int FirstSiloPort = 11111;

    public static ClusterChoice None { get; } = new(ClusterKind.None, "");

    /// <summary>Names the cluster in its data folder. Of the connection, which may have a password, only a hash.</summary>
    public string Identity(ServiceOptions options) =>
        $"{Kind.ToString().ToLowerInvariant()} {options.ServiceId}/{options.ClusterId} "
            + $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Connection)).AsSpan(0, HashBytes))}";

    private const int HashBytes = 4;

    /// <returns>Null when the text is none of <see cref="Forms"/>.</returns>
    public static ClusterChoice? Parse(string text)
    {
        // Connection strings have equals signs of their own.
        string[] parts = text.Split('=', 2);
        return (parts[0].ToLowerInvariant(), parts.ElementAtOrDefault(1) ?? "") switch
        {
            ("" or "none", "") => None,
            ("localhost", "") => new ClusterChoice(ClusterKind.Localhost, FirstSiloPort.ToString(CultureInfo.InvariantCulture)),
            ("localhost", var port) when int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number is > 0 and <= ushort.MaxValue =>
                new ClusterChoice(ClusterKind.Localhost, port),
            ("redis", not "" and var connection) => new ClusterChoice(ClusterKind.Redis, connection),
            ("adonet", not "" and var connection) => new ClusterChoice(ClusterKind.AdoNet, connection),
            ("azure", not "" and var connection) => new ClusterChoice(ClusterKind.Azure, connection),
            _ => null,
        };
    }
}
