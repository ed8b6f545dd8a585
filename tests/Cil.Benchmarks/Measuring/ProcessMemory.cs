using System.Diagnostics;
using System.Globalization;
using Cil.Benchmarks.Networks;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Measuring;

/// <summary>The most memory that a process of its own ever held, loading a network and running it once.</summary>
internal static class ProcessMemory
{
    /// <summary>What the command line of such a process begins with.</summary>
    internal const string Command = "run-once";

    /// <param name="anchorFile">The original as TorchScript, which is measured instead; null for Cil's network.</param>
    internal static async Task<double> MeasureAsync(NetworkCase network, string sampleFile, int threads, string? anchorFile = null)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Cil.Benchmarks.dll");
        string[] arguments = [program, Command, network.Name, sampleFile, threads.ToString(CultureInfo.InvariantCulture)];
        if (anchorFile is not null) arguments = [.. arguments, anchorFile];
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return double.Parse(output, CultureInfo.InvariantCulture);
    }

    /// <summary>What that process does: prints megabytes (10^6).</summary>
    internal static void RunOnce(string[] arguments)
    {
        set_num_threads(int.Parse(arguments[3], CultureInfo.InvariantCulture));
        if (arguments.Length > 4)
        {
            using var anchor = new Anchor(arguments[4], arguments[2], float32);
            anchor.Run();
        }
        else
        {
            using var network = new LoadedNetwork(NetworkCase.All.Single(one => one.Name == arguments[1]), arguments[2], float32, CPU);
            network.Run();
        }

        Console.WriteLine(PeakMegabytes().ToString("F1", CultureInfo.InvariantCulture));
    }

    /// <summary>The most that this process ever held, in 10^6 bytes.</summary>
    internal static double PeakMegabytes()
    {
        string[] line = File.ReadLines("/proc/self/status")
            .First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(line[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
