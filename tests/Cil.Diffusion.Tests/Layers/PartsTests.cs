using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Layers;

/// <summary>Large inputs are done in parts where no gradient is asked for; the parts together are the whole.</summary>
public sealed class PartsTests : IDisposable
{
    // Sums of another order: a few units in the last place.
    private const double Tolerance = 1e-5;

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly FreshWeights weights = new(seed: 1, zeros: false);

    [Fact]
    public void FeedForward_OfManyRows_IsWhatItIsAtOnce()
    {
        const int Width = 64, Rows = 70_000;
        var layer = new FeedForward(WeightScope.Root(weights), Width);
        Tensor x = randn([2, Rows / 2, Width], generator: new Generator(1));

        Near(layer.Forward(x), InParts(() => layer.Forward(x)));
    }

    [Fact]
    public void ResnetBlock_OfLargePictures_IsWhatItIsAtOnce()
    {
        var layer = new ResnetBlock(WeightScope.Root(weights), 32, 32, 1e-6, "shortcut");
        Tensor x = randn([5, 32, 384, 384], generator: new Generator(1));

        Near(layer.Forward(x), InParts(() => layer.Forward(x)));
    }

    [Fact]
    public void Parts_LeaveNoTensorBehindButTheResult()
    {
        var layer = new ResnetBlock(WeightScope.Root(weights), 32, 32, 1e-6, "shortcut");
        Tensor x = zeros(5, 32, 384, 384);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        using Tensor made = InParts(() => layer.Forward(x));

        Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    public void Dispose()
    {
        weights.Dispose();
        scope.Dispose();
    }

    private static Tensor InParts(Func<Tensor> forward)
    {
        using IDisposable still = no_grad();
        return forward();
    }

    private static void Near(Tensor whole, Tensor parts) =>
        Assert.InRange(((whole - parts).abs().max() / whole.abs().max()).ToDouble(), 0, Tolerance);
}
