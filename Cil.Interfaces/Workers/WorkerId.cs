using System.Globalization;

namespace Cil.Interfaces.Workers;

/// <summary>Names a worker by its place: the silo and the device's ordinal in it.</summary>
public readonly record struct WorkerId
{
    /// <exception cref="ArgumentException">The silo's name is blank or has a slash, or the ordinal is negative.</exception>
    public WorkerId(string silo, int ordinal)
    {
        if (string.IsNullOrWhiteSpace(silo) || silo.Contains('/', StringComparison.Ordinal))
            throw new ArgumentException($"silo: a name without '/', got '{silo}'", nameof(silo));
        if (ordinal < 0) throw new ArgumentException($"ordinal: at least 0, got {ordinal}", nameof(ordinal));
        (Silo, Ordinal) = (silo, ordinal);
    }

    public string Silo { get; }

    public int Ordinal { get; }

    /// <exception cref="ArgumentException">The text is not "silo/ordinal".</exception>
    public static WorkerId Parse(string text)
    {
        int slash = text.LastIndexOf('/');
        if (slash < 0 || !int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int ordinal))
            throw new ArgumentException($"worker: expected silo/ordinal, got '{text}'", nameof(text));
        return new WorkerId(text[..slash], ordinal);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Silo}/{Ordinal}");
}
