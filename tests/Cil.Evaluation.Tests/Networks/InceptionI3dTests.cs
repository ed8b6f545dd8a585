using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Evaluation.Features;
using Cil.Evaluation.Networks.I3d;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Tests.Networks;

/// <summary>
/// Against piergiaj/pytorch-i3d on the same formula's weights. Float32 sums in another order, through 57 convolutions: the original's
/// own logits move by 3e-6 of the largest when its frames do by 1e-5 of their range; 1e-4 leaves room for other libraries.
/// </summary>
public sealed class InceptionI3dTests : IDisposable
{
    private const double Tolerance = 1e-4, Gain = 2;

    private readonly Golden golden = new("metrics/i3d");
    private readonly string folder = Directory.CreateTempSubdirectory("cil-i3d-").FullName;

    // 18 frames: odd lengths on the way, and two places in time at the end.
    [Theory]
    [InlineData("logits", 16, 96, 120)]
    [InlineData("logits_18", 18, 120, 70)]
    public void Of_AVideo_GivesTheOriginalsLogits(string output, int frames, int height, int width)
    {
        using var weights = new FormulaWeights(Gain);
        using var network = new InceptionI3d(WeightScope.Root(weights));

        (Tensor features, Tensor logits) = network.Of(Video(frames, height, width));

        golden.Near(output, features, Tolerance);
        golden.Near(output, logits, Tolerance);
    }

    [Fact]
    public void Open_OnAStateDict_GivesTheOriginalsLogits()
    {
        using InceptionI3d network = InceptionI3d.Open(Save((name, value) => (name, value)), CPU);

        golden.Near("logits", network.Of(Video(16, 96, 120)).Features, Tolerance);
    }

    [Fact]
    public void Open_OnATorchScriptArchiveWithTheOtherPortsNames_GivesTheOriginalsLogits()
    {
        string path = Path.Combine(folder, "i3d.pt");
        using (var weights = new FormulaWeights(Gain))
        {
            using var network = new InceptionI3d(WeightScope.Root(weights));
            TorchFile.SaveScript(path, [.. weights.Parameters.Select(each => ($"model.{OtherPort(each.Name)}", each.Value))]);
        }

        using InceptionI3d read = InceptionI3d.Open(path, CPU);

        golden.Near("logits", read.Of(Video(16, 96, 120)).Features, Tolerance);
    }

    [Fact]
    public void Open_OnAFileThatLacksOneAndHasAnother_ListsBoth()
    {
        string file = Save((name, value) => (name == "Mixed_4c.b2a.bn.running_mean" ? "Mixed_4c.b2c.bn.running_mean" : name, value));

        string message = Assert.Throws<CheckpointException>(() => InceptionI3d.Open(file, CPU)).Message;

        Assert.Contains("2 tensors do not fit", message, StringComparison.Ordinal);
        Assert.Contains("missing: Mixed_4c.b2a.bn.running_mean (24)", message, StringComparison.Ordinal);
        Assert.Contains("spare: Mixed_4c.b2c.bn.running_mean", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OnWeightsOfOtherClasses_SaysWhichShapesDiffer()
    {
        string file = Save((name, value) => (name, name.StartsWith("logits.", StringComparison.Ordinal) ? value.narrow(0, 0, 157) : value));

        string message = Assert.Throws<CheckpointException>(() => InceptionI3d.Open(file, CPU)).Message;

        Assert.Contains("misshapen: logits.conv3d.bias: expected (400), got (157)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_FewerThanNineFrames_SaysHowManyAreNeeded()
    {
        using var weights = new FormulaWeights(Gain);
        using var network = new InceptionI3d(WeightScope.Root(weights));

        Assert.Contains(
            "at least 9 frames, got 8", Assert.Throws<ArgumentException>(() => network.Of(zeros([1, 3, 8, 224, 224]))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Names_OfItsMeasures_AreFvdAndNoInceptionScore()
    {
        using var weights = new FormulaWeights(Gain);
        using IVideoFeatures network = new InceptionI3d(WeightScope.Root(weights));

        Assert.Equal(("FVD", "score of I3D's classes"), (network.DistanceName, network.ScoreName));
    }

    public void Dispose()
    {
        golden.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static Tensor Video(int frames, int height, int width) =>
        VideoTensors.Of(tensor(FormulaFrames.Rgb(frames, height, width)).view(1, frames, height, width, 3));

    private string Save(Func<string, Tensor, (string Name, Tensor Value)> change)
    {
        using var weights = new FormulaWeights(Gain);
        using var network = new InceptionI3d(WeightScope.Root(weights));
        string path = Path.Combine(folder, "i3d_pretrained_400.pt");
        TorchFile.Save(
            path,
            [
                .. weights.Parameters.Select(each => change(each.Name, each.Value)),
                ("Conv3d_1a_7x7.bn.num_batches_tracked", tensor(0L)),
            ],
            entry: null);
        return path;
    }

    // hassony2/kinetics_i3d_pytorch, src/i3dpt.py.
    private static string OtherPort(string name)
    {
        string spelt = name.Replace("logits.conv3d", "conv3d_0c_1x1.conv3d", StringComparison.Ordinal)
            .Replace(".bn.", ".batch3d.", StringComparison.Ordinal)
            .Replace("Conv3d_", "conv3d_", StringComparison.Ordinal)
            .Replace("Mixed_", "mixed_", StringComparison.Ordinal)
            .Replace(".b0.", ".branch_0.", StringComparison.Ordinal);
        foreach (int branch in (int[])[1, 2, 3])
        {
            spelt = spelt.Replace($".b{branch}a.", $".branch_{branch}.0.", StringComparison.Ordinal)
                .Replace($".b{branch}b.", $".branch_{branch}.1.", StringComparison.Ordinal);
        }

        return spelt;
    }
}
