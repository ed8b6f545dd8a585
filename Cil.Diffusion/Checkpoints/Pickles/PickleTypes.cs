using System.Globalization;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints.Pickles;

/// <summary>What the names and numbers of a pickle stand for.</summary>
internal static class PickleTypes
{
    /// <param name="id">("storage", type, key, device, elements), as torch.save names them.</param>
    internal static object Storage(object? id) =>
        id is object?[] and ["storage", PickleGlobal type, string key, _, long count, ..]
            && (TypeOf(type.Name) is { } || type.Name == "UntypedStorage")
            ? new PickleStorage(TypeOf(type.Name), key, count)
            : new PickleOpaque("persistent");

    /// <summary>The type that a storage's class or a dtype names; null for another name.</summary>
    internal static ScalarType? TypeOf(string name) => name switch
    {
        "FloatStorage" or "float32" => ScalarType.Float32,
        "HalfStorage" or "float16" => ScalarType.Float16,
        "BFloat16Storage" or "bfloat16" => ScalarType.BFloat16,
        "DoubleStorage" or "float64" => ScalarType.Float64,
        "LongStorage" or "int64" => ScalarType.Int64,
        "IntStorage" or "int32" => ScalarType.Int32,
        "ShortStorage" or "int16" => ScalarType.Int16,
        "CharStorage" or "int8" => ScalarType.Int8,
        "ByteStorage" or "uint8" => ScalarType.Byte,
        "BoolStorage" or "bool" => ScalarType.Bool,
        _ => null,
    };

    /// <summary>A little-endian number in two's complement; a placeholder for one of more than 8 bytes.</summary>
    internal static object Integer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 8) return new PickleOpaque("a long number");
        long value = 0;
        for (int i = bytes.Length - 1; i >= 0; i--) value = (value << 8) | bytes[i];
        // Two's complement of as many bytes as there are.
        if (bytes.Length is > 0 and < 8 && bytes[^1] >= 0x80) value -= 1L << (8 * bytes.Length);
        return value;
    }

    /// <summary>A number in decimal; a placeholder for one that does not fit.</summary>
    internal static object Number(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out long value) ? value : new PickleOpaque("a long number");
}
