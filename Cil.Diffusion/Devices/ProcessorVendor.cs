using System.Runtime.Intrinsics.X86;

namespace Cil.Diffusion.Devices;

/// <summary>Who made the processor. MKL, which libtorch's float32 products come from, uses AVX-512 on Intel's own alone.</summary>
internal static class ProcessorVendor
{
    // "Genu", "ineI", "ntel" (Intel SDM, volume 2A, CPUID, leaf 0).
    private const int Genu = 0x756e6547, IneI = 0x49656e69, Ntel = 0x6c65746e;

    internal static bool IsIntel { get; } =
        X86Base.IsSupported && X86Base.CpuId(0, 0) is (_, Genu, Ntel, IneI);
}
