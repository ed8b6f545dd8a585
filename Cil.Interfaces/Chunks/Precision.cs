using System.ComponentModel;

namespace Cil.Interfaces.Chunks;

/// <summary>
/// The type of number that a network computes in. Its text is the same in settings, options of programs, plans and stored
/// jobs: this is the one place that knows it.
/// </summary>
[TypeConverter(typeof(PrecisionConverter))]
public readonly record struct Precision
{
    private static readonly string[] Names = ["float32", "bfloat16"];

    private readonly int index;

    private Precision(int index) => this.index = index;

    public static Precision Float32 => default;

    public static Precision BFloat16 => new(1);

    /// <summary>What may be chosen, for people to read.</summary>
    public static string Choices { get; } = string.Join(" or ", Names);

    /// <exception cref="FormatException">The text names no precision.</exception>
    public static Precision Parse(string text) => Array.IndexOf(Names, text) is >= 0 and int found
        ? new Precision(found)
        : throw new FormatException($"expected {Choices}, got '{text}'");

    /// <returns>What <see cref="Parse"/> reads.</returns>
    public override string ToString() => Names[index];
}
