using Cil.Diffusion.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Devices;

/// <summary>
/// What a GPU's faults look like from here, which only a GPU can show: too little memory, and an error inside a kernel, after which
/// CUDA answers nothing more in this process (Cil.Diffusion/Devices/DeviceProbe.cs).
/// </summary>
internal static class GpuFaults
{
    private const long TooMuch = 1L << 42, Some = 1 << 26;

    internal static Task<bool> RunAsync(BenchmarkOptions options)
    {
        Device device = options.Device;
        if (device.type != DeviceType.CUDA)
        {
            Console.WriteLine("  skipped: --device names no GPU");
            return Task.FromResult(true);
        }

        using DisposeScope scope = NewDisposeScope();
        bool held = Say("a fresh device computes", DeviceProbe.Fault(device) is null);
        DeviceMemory.ResetPeaks(device);
        long before = DeviceMemory.Read(device)?.UsedBytes ?? -1;
        Tensor some = zeros(Some, float32, device);
        held &= Say(
            "the driver counts what a tensor takes", DeviceMemory.Read(device) is { } counted && counted.UsedBytes - before >= Some * 4);
        some.Dispose();

        Exception? exhausted = Caught(() => zeros(TooMuch, float32, device));
        held &= Say(
            $"too large a tensor is told as exhausted memory: {First(exhausted)}",
            exhausted is not null && DeviceMemory.IsExhausted(exhausted));
        held &= Say("and the device computes on", DeviceProbe.Fault(device) is null);

        Exception? failed = Caught(() => zeros(4, float32, device).index_select(0, tensor([1000L]).to(device)).cpu());
        held &= Say(
            $"an index outside a tensor is an error inside a kernel: {First(failed)}",
            failed is not null && !DeviceMemory.IsExhausted(failed));
        string? fault = DeviceProbe.Fault(device);
        held &= Say($"after which the device is lost to the process: {fault?.Split('\n')[0]}", fault is not null);
        return Task.FromResult(held);
    }

    private static Exception? Caught(Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return error;
        }
    }

    private static string First(Exception? error) => error?.Message.Split('\n')[0] ?? "no error";

    private static bool Say(string what, bool holds)
    {
        Console.WriteLine($"  {(holds ? "yes" : "NO ")}  {what}");
        return holds;
    }
}
