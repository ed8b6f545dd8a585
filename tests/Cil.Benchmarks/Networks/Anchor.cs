using System.Diagnostics;
using System.Globalization;
using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Networks;

/// <summary>
/// The original network as TorchScript, run by this process's libtorch: no Python, today's kernels, and the same allocator as
/// Cil's own network beside it.
/// </summary>
internal sealed class Anchor : IDisposable
{
    private readonly jit.ScriptModule module;
    private readonly object[] inputs;

    /// <param name="file">What <see cref="ExportAsync"/> wrote.</param>
    /// <param name="sampleFile">Has the inputs.</param>
    internal Anchor(string file, string sampleFile, ScalarType precision)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(sampleFile);
        module = jit.load(file);
        module.eval();
        inputs =
        [
            .. NetworkSample.ReadInputs(reader, precision, CPU)
                .OrderBy(input => input.Key, StringComparer.Ordinal)
                .Select(input => input.Value),
        ];
    }

    /// <summary>Has the original's Python write TorchScript, and in float32 what it computes itself.</summary>
    /// <exception cref="InvalidOperationException">
    /// The script failed: its last lines say why (the original is not importable, say).
    /// </exception>
    internal static async Task<string> ExportAsync(BenchmarkOptions options, NetworkCase network, NetworkSample sample, bool half)
    {
        string file = Path.Combine(sample.Folder, half ? "bfloat16.pt" : "float32.pt");
        if (File.Exists(file)) return file;
        string[] arguments = [network.Script, network.ConfigFile, sample.SampleFile, half ? "random" : sample.OutputFile, "--export", file];
        var start = new ProcessStartInfo(options.Python, half ? [.. arguments, "--half"] : arguments) { RedirectStandardError = true };
        start.Environment["CIL_PEERS"] = options.Peers;
        start.Environment["OMP_NUM_THREADS"] = options.Threads.ToString(CultureInfo.InvariantCulture);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{options.Python}: did not start");
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? file
            : throw new InvalidOperationException($"{network.Script} failed:\n{string.Join('\n', errors.Split('\n').TakeLast(6))}");
    }

    internal void Run()
    {
        using IDisposable noGradient = no_grad();
        using var output = (Tensor)module.call(inputs);
    }

    /// <summary>The largest difference from the original's numbers, as a part of the largest of them.</summary>
    internal double Difference(string outputFile)
    {
        using IDisposable noGradient = no_grad();
        using var output = (Tensor)module.call(inputs);
        return NetworkSample.Difference(output, outputFile);
    }

    public void Dispose()
    {
        foreach (object input in inputs) ((Tensor)input).Dispose();
        module.Dispose();
    }
}
