using System.Globalization;
using System.Runtime.InteropServices;
using Cil.Diffusion.Devices;

namespace Cil.Benchmarks.Measuring;

/// <summary>What every figure needs beside it: where and when it was taken.</summary>
internal static class Machine
{
    internal static string Describe(int threads)
    {
        string[] processor = File.Exists("/proc/cpuinfo") ? File.ReadAllLines("/proc/cpuinfo") : [];
        DeviceDescription cpu = DeviceCatalog.DescribeCpu();
        string name = Field(processor, "model name") ?? "unknown processor";
        string brief = cpu.HasFastBFloat16 == true ? "in hardware" : "not in hardware";
        string system = $"{RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}";
        return string.Create(CultureInfo.InvariantCulture, $"""
            machine  {name}, {Environment.ProcessorCount} cores, {cpu.TotalBytes >> 30} GiB; bfloat16 {brief}
            system   {system}; libtorch {TorchSharp.torch.__version__}, {threads} threads
            gpus     {Gpus()}
            date     {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC; load {Load()}
            """);
    }

    /// <summary>How much else ran, beside this: the mean number of processes over the last minute.</summary>
    internal static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    private static string Gpus()
    {
        string[] gpus = [.. DeviceCatalog.List()
            .Where(device => device.IsCuda)
            .Select(device => string.Create(CultureInfo.InvariantCulture, $"{device.Name}, {device.TotalBytes >> 20} MiB"))];
        return gpus.Length == 0 ? "none" : string.Join("; ", gpus);
    }

    private static string? Field(string[] lines, string name) =>
        lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
