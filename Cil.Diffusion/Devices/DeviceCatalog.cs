using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Devices;

/// <summary>The devices of this machine: every CUDA device, or the CPU where there is none.</summary>
public static class DeviceCatalog
{
    // bfloat16 tensor cores came with compute capability 8.0.
    private const int FirstBFloat16Capability = 80;

    // CPUID leaf 7, subleaf 1, EAX bit 5: AVX512_BF16.
    private const int BFloat16Leaf = 7, BFloat16Subleaf = 1, BFloat16Bit = 1 << 5;

    /// <summary>The devices that models run on: CUDA's, or the CPU alone where there are none.</summary>
    public static IReadOnlyList<DeviceDescription> List()
    {
        int cuda = CountCuda();
        return cuda == 0 ? [DescribeCpu()] : [.. Enumerable.Range(0, cuda).Select(DescribeCuda)];
    }

    /// <summary>A device by its name.</summary>
    /// <param name="name">cpu, cuda or cuda:N; null for the first GPU, or the CPU where there is none.</param>
    /// <param name="known">The names of those that there are.</param>
    /// <returns>Null if there is no such device.</returns>
    public static Device? TryFind(string? name, out string[] known)
    {
        int cuda = CountCuda();
        known = ["cpu", .. Enumerable.Range(0, cuda).Select(ordinal => $"cuda:{ordinal}")];
        string wanted = name switch { null => known[Math.Min(1, cuda)], "cuda" => "cuda:0", _ => name };
        return known.Contains(wanted) ? new Device(wanted) : null;
    }

    /// <summary>The CPU, whatever else there is.</summary>
    public static DeviceDescription DescribeCpu()
    {
        GCMemoryInfo memory = GC.GetGCMemoryInfo();
        // The collector takes three quarters of a container's memory for its own; tensors are none of its.
        long total = SystemMemory.Total() ?? memory.TotalAvailableMemoryBytes;
        return new DeviceDescription
        {
            Name = "cpu",
            IsCuda = false,
            Ordinal = 0,
            TotalBytes = total,
            FreeBytes = Math.Max(0, total - memory.MemoryLoadBytes),
            HasFastBFloat16 = CpuHasBFloat16(),
        };
    }

    // Float32 is to mean float32: left to itself, cuDNN rounds the factors of convolutions to 10 bits of mantissa.
    private static int CountCuda()
    {
        TorchRuntime.LeaveOutWarnings();
        int cuda = torch.cuda.device_count();
        if (cuda > 0) torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = false;
        return cuda;
    }

    private static DeviceDescription DescribeCuda(int ordinal)
    {
        (long Total, long Free)? memory = CudaDriver.Memory(ordinal);
        return new DeviceDescription
        {
            Name = $"cuda:{ordinal}",
            IsCuda = true,
            Ordinal = ordinal,
            Product = CudaDriver.Product(ordinal),
            TotalBytes = memory?.Total,
            FreeBytes = memory?.Free,
            HasFastBFloat16 = CudaDriver.Capability(ordinal) is { } capability ? capability >= FirstBFloat16Capability : null,
        };
    }

    private static bool CpuHasBFloat16() =>
        Avx512F.IsSupported && X86Base.IsSupported && (X86Base.CpuId(BFloat16Leaf, BFloat16Subleaf).Eax & BFloat16Bit) != 0;
}
