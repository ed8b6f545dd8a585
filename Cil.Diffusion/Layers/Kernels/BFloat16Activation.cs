using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cil.Diffusion.Layers.Kernels;

/// <summary>bfloat16: the upper half of a float32, rounded to nearest even; what is not a number after arithmetic stays so.</summary>
[StructLayout(LayoutKind.Sequential, Size = sizeof(ushort))]
internal readonly unsafe struct BFloat16Activation : IActivation<BFloat16Activation>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(BFloat16Activation* from)
    {
        var bits = Vector256.Load((ushort*)from);
        if (Avx512F.IsSupported) return (Avx512F.ConvertToVector512UInt32(bits) << 16).AsSingle();
        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(bits);
        return (Vector512.Create(lower, upper) << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(BFloat16Activation* to, Vector512<float> value)
    {
        Vector512<uint> bits = value.AsUInt32();
        Vector512<uint> rounded = (bits + Vector512.Create(0x7FFFu) + ((bits >> 16) & Vector512<uint>.One)) >> 16;
        if (Avx512F.IsSupported) Avx512F.ConvertToVector256UInt16(rounded).Store((ushort*)to);
        else Vector256.Narrow(rounded.GetLower(), rounded.GetUpper()).Store((ushort*)to);
    }
}
