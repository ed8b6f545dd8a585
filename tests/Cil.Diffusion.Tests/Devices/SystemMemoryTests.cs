using Cil.Diffusion.Devices;

namespace Cil.Diffusion.Tests.Devices;

public sealed class SystemMemoryTests : IDisposable
{
    private readonly string groups = Directory.CreateTempSubdirectory("cil-groups-").FullName;

    [Fact]
    public void ResourceLimits_AreTheSoftOnesOnMemoryWithoutWhatIsReservedAndNotInUse() => Assert.Equal(
        [(3072L - 900) << 20, (4096L - 1700) << 20],
        SystemMemory.ResourceLimits(
            [
                "Limit                     Soft Limit           Hard Limit           Units     ",
                "Max data size             3221225472           unlimited            bytes     ",
                "Max stack size            8388608              unlimited            bytes     ",
                "Max address space         4294967296           unlimited            bytes     ",
            ],
            [$"VmSize:\t {2000 << 10} kB", $"VmRSS:\t  {300 << 10} kB", $"VmData:\t {1200 << 10} kB"]));

    [Fact]
    public void ResourceLimits_OfWhatHasNone_AreNone() => Assert.Empty(SystemMemory.ResourceLimits(
        ["Max address space         unlimited            unlimited            bytes     "],
        ["VmSize:\t 20 kB", "VmRSS:\t 10 kB", "VmData:\t 20 kB"]));

    [Fact]
    public void GroupLimits_OfTheSecondVersion_AreThoseOfTheGroupAndOfAllAboveIt()
    {
        Write("memory.max", "max\n");
        Write("a/memory.max", "2000\n");
        Write("a/b/memory.max", "3000\n");

        Assert.Equal([3000L, 2000L], SystemMemory.GroupLimits(["0::/a/b"], groups));
    }

    [Fact]
    public void GroupLimits_OfTheFirstVersionInsideAContainer_AreThoseAtTheTop()
    {
        Write("memory/memory.limit_in_bytes", "4000\n");

        Assert.Equal([4000L], SystemMemory.GroupLimits(["7:memory:/docker/of-the-host", "3:cpu,cpuacct:/x"], groups));
    }

    [Fact]
    public void Total_IsSomeAndNoMoreThanTheMachines() => Assert.InRange(SystemMemory.Total() ?? 0, 1 << 20, long.MaxValue / 2);

    public void Dispose() => Directory.Delete(groups, recursive: true);

    private void Write(string file, string text)
    {
        string path = Path.Combine(groups, file);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
