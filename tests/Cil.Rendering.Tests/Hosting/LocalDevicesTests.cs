using Cil.Diffusion.Devices;
using Cil.Rendering.Hosting;

namespace Cil.Rendering.Tests.Hosting;

public sealed class LocalDevicesTests
{
    [Fact]
    public void Choose_WithoutGpus_TakesTheProcessorAgainAndAgain() =>
        Assert.Equal(["cpu", "cpu", "cpu"], LocalDevices.Choose([Device("cpu", isCuda: false)], 3).Select(device => device.Name));

    [Fact]
    public void Choose_WithGpus_TakesTheFirstOnes() =>
        Assert.Equal(
            ["cuda:0", "cuda:1"],
            LocalDevices.Choose([Device("cuda:0"), Device("cuda:1"), Device("cuda:2")], 2).Select(device => device.Name));

    [Fact]
    public void Choose_MoreGpusThanThereAre_SaysBothNumbers()
    {
        DeviceCountException refused = Assert.Throws<DeviceCountException>(
            () => LocalDevices.Choose([Device("cuda:0"), Device("cuda:1")], 3));
        Assert.Contains("1 to 2", refused.Message, StringComparison.Ordinal);
        Assert.Contains("got 3", refused.Message, StringComparison.Ordinal);
    }

    private static DeviceDescription Device(string name, bool isCuda = true) => new()
    {
        Name = name, IsCuda = isCuda, Ordinal = 0, TotalBytes = 1, FreeBytes = 1, HasFastBFloat16 = true,
    };
}
