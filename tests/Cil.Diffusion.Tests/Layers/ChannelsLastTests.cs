using Cil.Diffusion.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Layers;

public sealed class ChannelsLastTests
{
    [Fact]
    public void Pictures_AsTokensAndAsVideo_AreViewsOfTheSameMemoryAndComeBack()
    {
        using IDisposable noGradients = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor given = arange(2 * 3 * 4 * 5 * 6, float32).view(6, 4, 5, 6);
        Tensor x = ChannelsLast.Enter(given);
        Assert.True(ChannelsLast.Holds(x));
        Assert.True(x.allclose(given, 0, 0));

        Tensor tokens = ChannelsLast.ToTokens(x), video = ChannelsLast.ToVideo(x, frames: 3);
        Assert.Equal([6, 30, 4], tokens.shape);
        Assert.Equal([2, 4, 3, 30], video.shape);
        Assert.True(tokens.allclose(ChannelsLast.ToTokens(given), 0, 0));
        Assert.True(video.allclose(ChannelsLast.ToVideo(given, frames: 3), 0, 0));
        Assert.True(ChannelsLast.ToPictures(tokens, x).allclose(given, 0, 0));
        Assert.True(ChannelsLast.ToPictures(tokens, given).allclose(given, 0, 0));
        Assert.True(ChannelsLast.ToFrames(video, 5, 6).allclose(given, 0, 0));

        _ = x.fill_(7);
        Assert.True((tokens == 7).all().ToBoolean());
        Assert.True((video == 7).all().ToBoolean());
    }

    [Fact]
    public void Enter_WithGradients_LeavesWhatComes()
    {
        using Tensor x = ones(1, 2, 3, 4);
        using IDisposable gradients = set_grad_enabled(true);
        Assert.Same(x, ChannelsLast.Enter(x));
    }
}
