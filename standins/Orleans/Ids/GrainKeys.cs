using System.Globalization;

namespace Orleans.Runtime;

/// <summary>Keys as text, in the original's format: what is stored under an id is found by either engine.</summary>
internal static class GrainKeys
{
    internal static string Of(long key) => key.ToString("X", CultureInfo.InvariantCulture);

    internal static string Of(Guid key) => key.ToString("N", CultureInfo.InvariantCulture);

    internal static long ParseInteger(GrainId id) =>
        long.TryParse(id.Key.ToString(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var key)
            ? key
            : throw new ArgumentException($"The key of grain {id} is not an integer.", nameof(id));

    internal static Guid ParseGuid(GrainId id) =>
        Guid.TryParseExact(id.Key.ToString(), "N", out var key)
            ? key
            : throw new ArgumentException($"The key of grain {id} is not a GUID.", nameof(id));
}
