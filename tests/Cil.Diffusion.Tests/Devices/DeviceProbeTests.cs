using Cil.Diffusion.Devices;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Devices;

public sealed class DeviceProbeTests
{
    [Fact]
    public void Fault_OfADeviceThatComputes_IsNone() => Assert.Null(DeviceProbe.Fault(CPU));

    [Fact]
    public void Fault_OfADeviceThatCannotBeReached_SaysWhy()
    {
        int beyond = cuda.device_count();

        Assert.NotNull(DeviceProbe.Fault(new Device($"cuda:{beyond}")));
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", true)]
    [InlineData("CUDA error: an illegal memory access was encountered", false)]
    public void IsOutOfMemory_IsTheAllocatorsWord(string message, bool expected) => Assert.Equal(expected, DeviceProbe.IsOutOfMemory(new InvalidOperationException(message)));
}
