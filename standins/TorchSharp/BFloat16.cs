namespace TorchSharp;

/// <summary>A brain floating point number: the upper half of a float32's bits.</summary>
public readonly struct BFloat16 : IEquatable<BFloat16>
{
    private readonly ushort value;

    /// <summary>Rounds to the nearest, ties to even.</summary>
    public BFloat16(float f)
    {
        uint bits = BitConverter.SingleToUInt32Bits(f);
        value = float.IsNaN(f)
            ? (ushort)0x7FC0
            : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private BFloat16(ushort rawValue, bool _) => value = rawValue;

    public static BFloat16 FromRawValue(ushort rawValue) => new(rawValue, false);

    public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)value << 16);

    public static explicit operator float(BFloat16 bf) => bf.ToSingle();

    public static explicit operator double(BFloat16 bf) => bf.ToSingle();

    public static explicit operator BFloat16(float f) => new(f);

    public static explicit operator BFloat16(double d) => new((float)d);

    public static bool operator ==(BFloat16 a, BFloat16 b) => a.ToSingle() == b.ToSingle();

    public static bool operator !=(BFloat16 a, BFloat16 b) => a.ToSingle() != b.ToSingle();

    public bool Equals(BFloat16 other) => ToSingle().Equals(other.ToSingle());

    public override bool Equals(object? obj) => obj is BFloat16 other && Equals(other);

    public override int GetHashCode() => ToSingle().GetHashCode();

    public override string ToString() => ToSingle().ToString(System.Globalization.CultureInfo.InvariantCulture);
}
