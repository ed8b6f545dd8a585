using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>A number of any type that operators take.</summary>
public sealed class Scalar : IDisposable
{
    private Scalar(ValueTag tag, long bits, torch.ScalarType type) => (Tag, Bits, Type) = (tag, bits, type);

    internal ValueTag Tag { get; }

    internal long Bits { get; }

    /// <summary>The type of the number.</summary>
    public torch.ScalarType Type { get; }

    /// <summary>Nothing is held; the method is there because TorchSharp's own scalar is a native object.</summary>
    public void Dispose()
    {
    }

    public static implicit operator Scalar(byte value) => Integer(value, torch.ScalarType.Int64);

    public static implicit operator Scalar(sbyte value) => Integer(value, torch.ScalarType.Int64);

    public static implicit operator Scalar(short value) => Integer(value, torch.ScalarType.Int64);

    public static implicit operator Scalar(int value) => Integer(value, torch.ScalarType.Int64);

    public static implicit operator Scalar(long value) => Integer(value, torch.ScalarType.Int64);

    public static implicit operator Scalar(Half value) => Real((double)value);

    public static implicit operator Scalar(BFloat16 value) => Real((double)value);

    public static implicit operator Scalar(float value) => Real(value);

    public static implicit operator Scalar(double value) => Real(value);

    public static implicit operator Scalar(bool value) => new(ValueTag.Bool, value ? 1 : 0, torch.ScalarType.Bool);

    internal double AsDouble => Tag == ValueTag.Double ? BitConverter.Int64BitsToDouble(Bits) : Bits;

    internal bool IsReal => Tag == ValueTag.Double;

    private static Scalar Integer(long value, torch.ScalarType type) => new(ValueTag.Int, value, type);

    private static Scalar Real(double value) => new(ValueTag.Double, BitConverter.DoubleToInt64Bits(value), torch.ScalarType.Float64);
}
