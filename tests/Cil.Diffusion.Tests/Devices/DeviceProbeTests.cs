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
}
