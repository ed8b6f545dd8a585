using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Evaluation.Motion;
using Cil.Evaluation.Networks.Raft;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Tests.Networks;

/// <summary>
/// Against princeton-vl/RAFT on the same formula's weights. Float32 sums in another order, twenty times over: the original's own flow
/// moves by 5e-6 of its largest value when its frames do by 1e-4 grey levels; 1e-4 leaves room for other libraries.
/// </summary>
public sealed class RaftNetworkTests : IDisposable
{
    private const double Tolerance = 1e-4;

    private readonly Golden golden = new("metrics/raft");
    private readonly string folder = Directory.CreateTempSubdirectory("cil-raft-").FullName;

    [Fact]
    public void Iterate_OnFramesThatNeedPadding_GivesTheOriginalsFlow()
    {
        using var weights = new FormulaWeights();
        using var network = new RaftNetwork(WeightScope.Root(weights));
        Tensor frames = FormulaFrames.Frames(2, 130, 150);
        Tensor image = RaftNetwork.Pad(frames.narrow(0, 0, 1)), next = RaftNetwork.Pad(frames.narrow(0, 1, 1));
        (Tensor from, Tensor to) = (network.Encode(image), network.Encode(next));

        Near("features", Sample(from));
        Near("context", Sample(network.Context(image)));
        Near("flow_low_1", network.Iterate(image, from, to, 1).Flow);
        (Tensor small, Tensor state) = network.Iterate(image, from, to, RaftNetwork.Iterations);
        Near("flow_low", small);
        Near("flow", network.Enlarge(small, state, 130, 150)[.., .., TensorIndex.Slice(1, null, 9), TensorIndex.Slice(2, null, 9)]);
    }

    [Fact]
    public void Flow_OfTwoFrames_HasTheOriginalsMeanLength()
    {
        using var weights = new FormulaWeights();
        using var network = new RaftNetwork(WeightScope.Root(weights));
        Tensor frames = FormulaFrames.Frames(2, 130, 150);

        Tensor flow = network.Flow(frames.narrow(0, 0, 1), frames.narrow(0, 1, 1));

        Assert.Equal([1, 2, 130, 150], flow.shape);
        Near("mean_length", flow.square().sum(1).sqrt().mean().view(1));
    }

    // Small weights make activations small, so that the norms' epsilons count: 1e-6 in their place changes both by more than 3e-4.
    [Fact]
    public void Encoders_WithSmallWeights_HaveTheOriginalsEpsilons()
    {
        using var weights = new FormulaWeights(scale: 0.05);
        using var network = new RaftNetwork(WeightScope.Root(weights));
        Tensor image = RaftNetwork.Pad(FormulaFrames.Frames(1, 130, 150));

        Near("params_x0.05.features", Sample(network.Encode(image)));
        Near("params_x0.05.context", Sample(network.Context(image)));
    }

    [Fact]
    public void MeanLength_OfAClip_IsTheScoreOfThePapersCode()
    {
        string file = Save(prefix: "module.");
        using RaftNetwork network = RaftNetwork.Open(file, CPU);

        double length = RaftMotion.MeanLength(network, FormulaFrames.Rgb(3, 128, 136), 128, 136, CPU);

        Near("motion_score", tensor([(float)length]));
    }

    [Fact]
    public void MeanLength_LeavesNoTensorBehind()
    {
        using var weights = new FormulaWeights();
        using var network = new RaftNetwork(WeightScope.Root(weights));
        byte[] frames = FormulaFrames.Rgb(2, 121, 121);
        _ = RaftMotion.MeanLength(network, frames, 121, 121, CPU);
        using DisposeScope scope = NewDisposeScope();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        _ = RaftMotion.MeanLength(network, frames, 121, 121, CPU);

        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Open_WithANameMissingAnotherSpareAndAWrongShape_ListsAllThree()
    {
        string file = Save("", (name, value) => name switch
        {
            "update_block.mask.2.bias" => null,
            "fnet.conv2.bias" => value.narrow(0, 0, 128).contiguous(),
            _ => value,
        }, ("update_block.mask.4.bias", ones(576)));

        string message = Assert.Throws<CheckpointException>(() => RaftNetwork.Open(file, CPU)).Message;

        Assert.Contains("3 tensors do not fit", message, StringComparison.Ordinal);
        Assert.Contains("missing: update_block.mask.2.bias (576)", message, StringComparison.Ordinal);
        Assert.Contains("misshapen: fnet.conv2.bias: expected (256), got (128)", message, StringComparison.Ordinal);
        Assert.Contains("spare: update_block.mask.4.bias", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OnAnotherNetworksWeights_RefusesThem()
    {
        string other = Path.Combine(folder, "other.safetensors");
        SafetensorsWriter.Save(other, [("conv.weight", ones(3, 3))]);

        string message = Assert.Throws<CheckpointException>(() => RaftNetwork.Open(other, CPU)).Message;

        Assert.Contains("missing: fnet.conv1.weight (64, 3, 7, 7)", message, StringComparison.Ordinal);
        Assert.Contains("spare: conv.weight", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Flow_OfFramesThatAreTooSmallOrDiffer_SaysSo()
    {
        using var weights = new FormulaWeights();
        using var network = new RaftNetwork(WeightScope.Root(weights));

        Assert.Contains("at least 121 pixels on a side", Message(zeros(1, 3, 120, 200), zeros(1, 3, 120, 200)), StringComparison.Ordinal);
        Assert.Contains("(1, 3, 130, 150)", Message(zeros(1, 3, 128, 150), zeros(1, 3, 130, 150)), StringComparison.Ordinal);

        string Message(Tensor first, Tensor second) => Assert.Throws<ArgumentException>(() => network.Flow(first, second)).Message;
    }

    public void Dispose()
    {
        golden.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Near(string output, Tensor actual) => golden.Near(output, actual, Tolerance);

    // As the golden holds them: every sixteenth channel, every fourth row and column.
    private static Tensor Sample(Tensor features) => features[
        .., TensorIndex.Slice(0, null, 16), TensorIndex.Slice(0, null, 4), TensorIndex.Slice(0, null, 4)];

    /// <summary>A file as the published ones: counters of batch norms, and the shortcuts' norms by both of their names.</summary>
    private string Save(
        string prefix, Func<string, Tensor, Tensor?>? change = null, params (string Name, Tensor Value)[] more)
    {
        using var weights = new FormulaWeights();
        using var network = new RaftNetwork(WeightScope.Root(weights));
        List<(string Name, Tensor Value)> tensors = [];
        foreach ((string name, Tensor value) in weights.Parameters)
        {
            if (change is null || change(name, value) is { } kept) tensors.Add((prefix + name, change?.Invoke(name, value) ?? value));
            if (name.Contains("downsample.1.", StringComparison.Ordinal))
                tensors.Add((prefix + name.Replace("downsample.1.", "norm3.", StringComparison.Ordinal), value));
            if (name.EndsWith("running_var", StringComparison.Ordinal))
                tensors.Add((prefix + name.Replace("running_var", "num_batches_tracked", StringComparison.Ordinal), tensor(100000L)));
        }

        string path = Path.Combine(folder, "raft.pth");
        TorchFile.Save(path, [.. tensors, .. more], entry: null);
        return path;
    }
}
