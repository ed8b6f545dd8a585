using System.Globalization;
using Cil.Interfaces.Workers;

namespace Cil.Grains.Queue;

/// <summary>A class of devices that may be started when there is work for it.</summary>
/// <param name="Memory">Bytes of one device; 0 where it is not said.</param>
internal sealed record ListedClass(string Name, long Memory)
{
    private const double Gibibyte = 1L << 30;

    /// <param name="text">NAME or NAME=GIB.</param>
    /// <returns>Null when it is neither.</returns>
    internal static ListedClass? Parse(string text)
    {
        string[] parts = text.Split('=');
        if (!DeviceClass.IsName(parts[0])) return null;
        if (parts.Length == 1) return new ListedClass(parts[0], 0);
        return parts.Length == 2
            && double.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double size)
            && size > 0
            ? new ListedClass(parts[0], (long)(size * Gibibyte))
            : null;
    }
}
