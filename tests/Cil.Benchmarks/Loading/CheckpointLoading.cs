using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Cil.Benchmarks.Measuring;
using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Loading;

/// <summary>Weights from a file in the page cache into tensors, checked to be finite, against cat of the same file.</summary>
internal static class CheckpointLoading
{
    // 80 % of the speed is 1.25 times the time.
    private const double Aim = 1.25;
    private const int Tensors = 600, Numbers = 1 << 21, BytesPerNumber = 2;

    internal static async Task<bool> RunAsync(BenchmarkOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("cil-benchmark-").FullName;
        try
        {
            string file = Path.Combine(folder, "weights.safetensors");
            Write(file);
            double gigabytes = new FileInfo(file).Length / 1e9;
            (Samples? cat, Samples? load) = (new Samples("cat to /dev/null"), new Samples("Cil, every tensor looked at"));
            await CatAsync(file);
            var first = new Samples("the first in this process");
            first.Time(() => Load(file));
            for (int run = 0; run < options.Runs; run++)
            {
                await cat.TimeAsync(() => CatAsync(file));
                load.Time(() => Load(file));
            }

            cat.Print();
            load.Print();
            first.Print();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {gigabytes:F2} GB: cat {gigabytes / cat.Median:F2} GB/s, Cil {gigabytes / load.Median:F2} GB/s"));
            double ratio = first.Median / cat.Median;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  the first: {ratio:F3} of cat's median; aim {Aim}: {(ratio <= Aim ? "met" : "not met")}"));
            return load.Against(cat, Aim) && ratio <= Aim;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Load(string file)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(file);
        using var weights = new CheckpointWeights(reader, CPU, bfloat16);
        for (int i = 0; i < Tensors; i++) _ = weights.Get($"w{i}", [Numbers], Initial.Uniform);
        weights.Verify();
    }

    private static async Task CatAsync(string file)
    {
        using Process process = Process.Start("sh", ["-c", "exec cat \"$0\" > /dev/null", file]);
        await process.WaitForExitAsync();
    }

    // Real bytes: holes in a file would be read faster than any disk or cache.
    private static void Write(string file)
    {
        const long Bytes = (long)Numbers * BytesPerNumber;
        byte[] header = JsonSerializer.SerializeToUtf8Bytes(Enumerable.Range(0, Tensors).ToDictionary(
            i => $"w{i}", i => new { dtype = "BF16", shape = (long[])[Numbers], data_offsets = (long[])[i * Bytes, (i + 1) * Bytes] }));
        using Tensor numbers = randn([Numbers], dtype: float32).to(bfloat16);
        using FileStream stream = File.Create(file);
        stream.Write(BitConverter.GetBytes((long)header.Length));
        stream.Write(header);
        for (int i = 0; i < Tensors; i++) stream.Write(numbers.bytes);
    }
}
