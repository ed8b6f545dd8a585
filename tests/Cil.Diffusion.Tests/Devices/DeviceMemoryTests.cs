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
    public void ChannelsLast_KeepsShapeAndNumbers_AndMovesTheChannelsInside()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor pictures = arange(2 * 3 * 4 * 5, ScalarType.Float32).reshape(2, 3, 4, 5);
        Tensor moved = MemoryLayout.ChannelsLast(pictures);
        Assert.Equal(pictures.shape, moved.shape);
        Assert.True(moved.Equals(pictures));
        if (DeviceMemory.Read() is not null) Assert.Equal(1, moved.stride(1));
    }

    [Theory]
    [InlineData("CUDA out of memory. Tried to allocate 2.00 GiB", true)]
    [InlineData("CUDA error: an illegal memory access was encountered", false)]
    public void IsExhausted_IsTheAllocatorsWord(string message, bool expected) => Assert.Equal(expected, DeviceMemory.IsExhausted(new InvalidOperationException(message)));
}
