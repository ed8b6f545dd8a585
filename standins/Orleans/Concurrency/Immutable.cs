using System.Diagnostics.CodeAnalysis;

namespace Orleans.Concurrency;

/// <summary>A value that is handed over without being copied: neither side may change it.</summary>
[SuppressMessage("Performance", "CA1815", Justification = "Only the original's members.")]
public readonly struct Immutable<T>(T value)
{
    /// <summary>The value.</summary>
    public readonly T Value = value;
}
