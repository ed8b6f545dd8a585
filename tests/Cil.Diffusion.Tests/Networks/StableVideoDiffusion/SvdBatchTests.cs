using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Networks.StableVideoDiffusion;

/// <summary>Several pictures in one batch; single ones and whole runs are in the parity tests.</summary>
public sealed class SvdBatchTests : IDisposable
{
    private readonly Golden network = new("svd/unet_2level_wide");
    private readonly CheckpointWeights weights;
    private readonly SvdUNet unet;

    public SvdBatchTests()
    {
        weights = network.Weights();
        unet = new SvdUNet(SvdUNetConfig.Read(network.Config), WeightScope.Root(weights));
    }

    [Fact]
    public void Forward_OfSeveralSamples_LooksAtEachOnesOwnToken()
    {
        Tensor sample = network["sample"], time = network["timestep"],
            token = network["encoder_hidden_states"], conditions = network["added_time_ids"];
        Tensor both = unet.Forward(sample, time, token, conditions);
        Tensor[] alone =
            [.. Enumerable.Range(0, 2).Select(i => unet.Forward(Row(sample, i), Row(time, i), Row(token, i), Row(conditions, i)))];

        // Sums of other lengths are cut otherwise: a few units in the last place.
        Assert.True((both - cat(alone, 0)).abs().max().ToDouble() < 1e-4 * both.abs().max().ToDouble());
        Assert.True((both - network["out"]).abs().max().ToDouble() > 1e-2 * both.abs().max().ToDouble());

        static Tensor Row(Tensor x, int i) => x.narrow(0, i, 1);
    }

    [Fact]
    public void Forward_WithSeveralTokens_SaysThatItTakesOne()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() =>
            unet.Forward(
                network["sample"], network["timestep"], network["encoder_hidden_states"].expand(2, 3, 24), network["added_time_ids"]));

        Assert.Contains("got 3", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        weights.Dispose();
        network.Dispose();
    }
}
