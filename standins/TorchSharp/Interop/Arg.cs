using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>One argument of an operator; every kind of value that operators take converts to it.</summary>
internal readonly struct Arg
{
    internal readonly ValueTag Tag;
    internal readonly long Bits;
    internal readonly object? Reference;

    private Arg(ValueTag tag, long bits, object? reference = null) => (Tag, Bits, Reference) = (tag, bits, reference);

    /// <summary>The argument is not given (Python's None).</summary>
    internal static Arg None => default;

    public static implicit operator Arg(Tensor? tensor) => tensor is null ? default : new(ValueTag.Tensor, 0, tensor);

    public static implicit operator Arg(Tensor?[] tensors) => new(ValueTag.TensorList, 0, tensors);

    public static implicit operator Arg(int value) => new(ValueTag.Int, value);

    public static implicit operator Arg(long value) => new(ValueTag.Int, value);

    public static implicit operator Arg(long? value) => value is { } given ? new(ValueTag.Int, given) : default;

    public static implicit operator Arg(double value) => new(ValueTag.Double, BitConverter.DoubleToInt64Bits(value));

    public static implicit operator Arg(double? value) => value is { } given ? (Arg)given : default;

    public static implicit operator Arg(bool value) => new(ValueTag.Bool, value ? 1 : 0);

    public static implicit operator Arg(Scalar? scalar) => scalar is null ? default : new(scalar.Tag, scalar.Bits);

    public static implicit operator Arg(long[]? values) => values is null ? default : new(ValueTag.IntList, 0, values);

    public static implicit operator Arg(double[]? values) => values is null ? default : new(ValueTag.DoubleList, 0, values);

    public static implicit operator Arg(string? text) => text is null ? default : new(ValueTag.String, 0, text);

    public static implicit operator Arg(ScalarType type) => new(ValueTag.Int, (long)type);

    public static implicit operator Arg(ScalarType? type) => type is { } given ? new(ValueTag.Int, (long)given) : default;

    public static implicit operator Arg(Device? device) => device is null ? default : new(ValueTag.Device, device.Packed);

    public static implicit operator Arg(Generator? generator) => generator is null ? default : new(ValueTag.Generator, 0, generator);
}
