using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cil.Diffusion.Layers.Kernels;

/// <summary>
/// Functions of sixteen float32 at once. Every product that is added to is fused, and sixteen are computed alike on processors with
/// narrower registers, so that results are the same on all of them.
/// </summary>
internal static class VectorMath
{
    /// <summary>e^x within 2 units in the last place (Cephes, expf); 0 under -87.3, and at most e^88.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Exp(Vector512<float> x)
    {
        x = Vector512.MinNative(Vector512.MaxNative(x, Vector512.Create(-87.33654f)), Vector512.Create(88f));
        Vector512<float> n = Vector512.Round(x * Vector512.Create(1.44269504f));
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-0.693359375f), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(2.12194440e-4f), r);
        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r + Vector512<float>.One);
        Vector512<int> power = (Vector512.ConvertToInt32Native(n) + Vector512.Create(127)) << 23;
        return p * power.AsSingle();
    }

    /// <summary>x / (1 + e^-x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Silu(Vector512<float> x) => x / (Vector512<float>.One + Exp(-x));

    /// <summary>x / 2 · (1 + erf(x / √2)), with erf within 4e-7: a quotient of polynomials, fitted to it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Gelu(Vector512<float> x)
    {
        Vector512<float> z = x * Vector512.Create(0.70710678f);
        z = Vector512.MinNative(Vector512.MaxNative(z, Vector512.Create(-3.92f)), Vector512.Create(3.92f)); // erf is 1 - 3e-8 there
        Vector512<float> u = z * z;
        Vector512<float> p = Vector512.Create(2.0347608824522467e-06f);
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.0002874788478948176f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.003868256928399205f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.05306026339530945f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(0.19276225566864014f));
        p = Vector512.FusedMultiplyAdd(p, u, Vector512.Create(1.128378987312317f));
        Vector512<float> q = Vector512.Create(3.807088432949968e-05f);
        q = Vector512.FusedMultiplyAdd(q, u, Vector512.Create(0.0011881000827997923f));
        q = Vector512.FusedMultiplyAdd(q, u, Vector512.Create(0.015172152779996395f));
        q = Vector512.FusedMultiplyAdd(q, u, Vector512.Create(0.11508389562368393f));
        q = Vector512.FusedMultiplyAdd(q, u, Vector512.Create(0.5041627883911133f));
        q = Vector512.FusedMultiplyAdd(q, u, Vector512<float>.One);
        Vector512<float> half = x * Vector512.Create(0.5f);
        return Vector512.FusedMultiplyAdd(half, z * p / q, half);
    }

    /// <summary>The largest of the sixteen.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Largest(Vector512<float> x)
    {
        Vector256<float> half = Vector256.MaxNative(x.GetLower(), x.GetUpper());
        Vector128<float> quarter = Vector128.MaxNative(half.GetLower(), half.GetUpper());
        quarter = Vector128.MaxNative(quarter, Vector128.Shuffle(quarter, Vector128.Create(2, 3, 0, 1)));
        return MathF.Max(quarter[0], quarter[1]);
    }
}
