using System.IO.Compression;
using System.Text;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Evaluation.Features;
using Cil.Evaluation.Networks.C3d;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Tests.Networks;

/// <summary>
/// Against C3DVersion1UCF101 of pfnet-research/tgan2 on the same formula's weights. Float32 sums in another order, of up to 13,824
/// numbers: the original's own logits move by 7e-6 of the largest when its frames do by 1e-5 of their range; 1e-4 leaves room for
/// other libraries.
/// </summary>
public sealed class C3dNetworkTests : IDisposable
{
    private const double Tolerance = 1e-4, Gain = 2;

    private static readonly long[] MeanShape = [3, 16, 128, 171];

    private readonly Golden golden = new("metrics/c3d");
    private readonly string folder = Directory.CreateTempSubdirectory("cil-c3d-").FullName;

    // The smaller frames are enlarged, the others made smaller and narrower.
    [Fact]
    public void Of_VideosOfTwoSizes_GivesTheOriginalsLogits()
    {
        using var weights = new FormulaWeights(Gain);
        using var network = new C3dNetwork(WeightScope.Root(weights), Mean());

        foreach ((string size, int height, int width) in (IEnumerable<(string, int, int)>)[("", 64, 64), ("_wide", 128, 171)])
        {
            Tensor video = Video(height, width);
            (Tensor features, Tensor logits) = network.Of(video);

            golden.Near($"input{size}", Sample(network.Prepare(video)), Tolerance);
            golden.Near($"features{size}", features[.., TensorIndex.Slice(0, null, 16)], Tolerance);
            golden.Near($"logits{size}", logits, Tolerance);
        }
    }

    [Fact]
    public void Open_OnTheOriginalsFiles_ReadsAllOfThem()
    {
        using var weights = new FormulaWeights(Gain);
        using var network = new C3dNetwork(WeightScope.Root(weights), Mean());
        string file = Save([.. weights.Parameters.Select(each => (OriginalName(each.Name), each.Value))]), mean = SaveMean();

        using C3dNetwork read = C3dNetwork.Open(file, mean, CPU);

        Tensor video = Video(64, 64);
        using Tensor expected = network.Of(video).Logits, logits = read.Of(video).Logits;
        // Beside other tests libtorch may cut its sums otherwise.
        Assert.InRange(((logits - expected).abs().max() / expected.abs().max()).item<float>(), 0, 1e-5f);
    }

    [Fact]
    public void Open_OnAnotherNetworksFile_ListsWhatIsMissingAndSpare()
    {
        string file = Save([("conv1a/W", ones(64, 3, 3, 3)), ("fc9/b", ones(3))]);

        string message = Assert.Throws<CheckpointException>(() => C3dNetwork.Open(file, SaveMean(), CPU)).Message;

        Assert.Contains("misshapen: conv1a.weight: expected (64, 3, 3, 3, 3), got (64, 3, 3, 3)", message, StringComparison.Ordinal);
        Assert.Contains("missing: fc8.bias (101)", message, StringComparison.Ordinal);
        Assert.Contains("spare: fc9.bias", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WithAMeanOfAnotherSize_SaysWhichIsExpected()
    {
        string mean = Path.Combine(folder, "mean.safetensors");
        SafetensorsWriter.Save(mean, [("mean", zeros(3, 16, 112, 112))]);

        Assert.Contains(
            "misshapen: mean: expected (3, 16, 128, 171), got (3, 16, 112, 112)",
            Assert.Throws<CheckpointException>(() => C3dNetwork.Open(Save([("conv1a/W", ones(1))]), mean, CPU)).Message,
            StringComparison.Ordinal);
    }

    public void Dispose()
    {
        golden.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static Tensor Mean() => FormulaWeights.Fill("mean", MeanShape, u => (float)(128 + (60 * u)));

    private static Tensor Video(int height, int width) => VideoTensors.Of(
        tensor(FormulaFrames.Rgb(C3dNetwork.Frames, height, width)).view(1, C3dNetwork.Frames, height, width, 3));

    // As the golden holds it: every fifth frame, every seventeenth row and column.
    private static Tensor Sample(Tensor input) => input[
        0, .., TensorIndex.Slice(0, null, 5), TensorIndex.Slice(0, null, 17), TensorIndex.Slice(0, null, 17)];

    private static string OriginalName(string name) =>
        name.Replace(".weight", "/W", StringComparison.Ordinal).Replace(".bias", "/b", StringComparison.Ordinal);

    private string SaveMean() => Write("mean2.npz", [("mean", Mean())]);

    private string Save((string Name, Tensor Value)[] arrays) => Write("conv3d_deepnetA_ucf.npz", arrays);

    // As NumPy's savez does (lib/format.py, version 1.0).
    private string Write(string name, (string Name, Tensor Value)[] arrays)
    {
        string path = Path.Combine(folder, name);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string array, Tensor value) in arrays)
        {
            using Stream stream = archive.CreateEntry($"{array}.npy", CompressionLevel.NoCompression).Open();
            string shape = string.Concat(value.shape.Select(size => $"{size}, "));
            string header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape.TrimEnd()}), }}\n";
            stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0]);
            stream.Write(Encoding.ASCII.GetBytes(header));
            stream.Write(value.bytes);
        }

        return path;
    }
}
