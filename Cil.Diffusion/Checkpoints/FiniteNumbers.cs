using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>Whether numbers of a type are all finite: NaN and infinity have an exponent of ones only.</summary>
internal sealed class FiniteNumbers(ScalarType type)
{
    private const ushort HalfExponent = 0x7c00, BFloat16Exponent = 0x7f80;
    private const uint FloatExponent = 0x7f800000;
    private const ulong DoubleExponent = 0x7ff0000000000000;
    private volatile bool found;

    /// <summary>Of what was looked at so far; true for whole numbers.</summary>
    internal bool AllFinite => !found;

    internal void Check(ReadOnlySpan<byte> bytes)
    {
        bool any = type switch
        {
            ScalarType.Float16 => Any(MemoryMarshal.Cast<byte, ushort>(bytes), HalfExponent),
            ScalarType.BFloat16 => Any(MemoryMarshal.Cast<byte, ushort>(bytes), BFloat16Exponent),
            ScalarType.Float32 => Any(MemoryMarshal.Cast<byte, uint>(bytes), FloatExponent),
            ScalarType.Float64 => Any(MemoryMarshal.Cast<byte, ulong>(bytes), DoubleExponent),
            _ => false,
        };
        if (any) found = true;
    }

    private static bool Any<T>(ReadOnlySpan<T> numbers, T exponent)
        where T : unmanaged, IBinaryInteger<T>
    {
        var mask = new Vector<T>(exponent);
        ReadOnlySpan<Vector<T>> vectors = MemoryMarshal.Cast<T, Vector<T>>(numbers);
        // Without a branch a number: that would wait for each.
        Vector<T> hits = Vector<T>.Zero;
        foreach (Vector<T> vector in vectors) hits |= Vector.Equals(vector & mask, mask);
        bool any = hits != Vector<T>.Zero;
        foreach (T number in numbers[(vectors.Length * Vector<T>.Count)..]) any |= (number & exponent) == exponent;
        return any;
    }
}
