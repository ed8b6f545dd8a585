using System.Collections.Concurrent;
using Cil.Diffusion.Devices;

namespace Cil.Diffusion.Tests.Devices;

public sealed class OpenMpTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void ForEach_DoesEachPartOnce(int parts)
    {
        var done = new ConcurrentBag<int>();
        OpenMp.ForEach(parts, done.Add);
        Assert.Equal(Enumerable.Range(0, parts), done.Order());
    }

    [Fact]
    public void ForEach_WhosePartFails_SaysSoWhereItWasCalled()
    {
        Exception error = Assert.ThrowsAny<Exception>(() => OpenMp.ForEach(10, part =>
        {
            if (part == 7) throw new InvalidOperationException("the seventh");
        }));
        Assert.Equal("the seventh", (error.InnerException ?? error).Message);
    }

    [Fact]
    public void Library_IsTheOneThatLibtorchBrought() => Assert.NotEqual(0, OpenMp.Library);
}
