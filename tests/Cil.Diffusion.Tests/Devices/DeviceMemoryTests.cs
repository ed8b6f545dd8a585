using Cil.Diffusion.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Devices;

public sealed class DeviceMemoryTests
{
    [Fact]
    public void Catalog_AlwaysNamesADevice()
    {
        IReadOnlyList<DeviceDescription> devices = DeviceCatalog.List();
        Assert.NotEmpty(devices);
        Assert.All(devices, d => Assert.Equal(d.Name, device(d.Name).ToString()));
        Assert.True(DeviceCatalog.DescribeCpu().TotalBytes > 0);
    }

    [Fact]
    public void Peak_OfATensorThatIsGone_IsStillTold_UntilItIsReset()
    {
        const long bytes = 256 << 20;
        DeviceMemory.EmptyCache();
        DeviceMemory.ResetPeaks();
        long before = DeviceMemory.Read()!.Value.UsedBytes;
        ones(bytes / sizeof(float)).Dispose();
        MemoryStatistics after = DeviceMemory.Read()!.Value;

        DeviceMemory.EmptyCache();
        DeviceMemory.ResetPeaks();
        MemoryStatistics reset = DeviceMemory.Read()!.Value;

        // Other threads of the process take and give back a little meanwhile.
        Assert.InRange(after.PeakBytes - before, bytes * 3 / 4, bytes * 2);
        Assert.InRange(reset.PeakBytes - before, -bytes / 2, bytes / 2);
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", true)]
    [InlineData(
        "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate 4 bytes.", true)]
    [InlineData("CUDA error: an illegal memory access was encountered", false)]
    public void IsExhausted_IsTheAllocatorsWord(string message, bool expected) =>
        Assert.Equal(expected, DeviceMemory.IsExhausted(new InvalidOperationException(message)));
}
