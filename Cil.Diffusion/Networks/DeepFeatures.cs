namespace Cil.Diffusion.Networks;

/// <summary>
/// What the deep levels of a U-Net gave at one step, used again in the next ones: features of the deep levels change little from step to
/// step (DeepCache, Ma, Fang and Wang, CVPR 2024, arXiv 2312.00858). The steps between go through the network's first and last blocks
/// alone. One for the steps of one render that follow each other; each pass of guidance has its own.
/// </summary>
/// <param name="interval">The first step and each so many-th after it go through the whole network; at least 1.</param>
public sealed class DeepFeatures(int interval) : IDisposable
{
    /// <summary>
    /// Skip connections that are made anew at every step, from the top of the network: the first convolution's and the first block's.
    /// Behind them come as many of the last blocks.
    /// </summary>
    internal const int ShallowSkips = 2;

    private readonly Dictionary<int, DeepFeature> passes = [];
    private int steps;

    /// <summary>To be called before each step.</summary>
    internal void BeginStep()
    {
        bool isWhole = steps++ % interval == 0;
        foreach (DeepFeature pass in passes.Values) pass.IsReused = !isWhole;
    }

    /// <param name="pass">Of guidance, from 0, in the order in which they are made.</param>
    internal DeepFeature Of(int pass)
    {
        if (!passes.TryGetValue(pass, out DeepFeature? feature)) passes[pass] = feature = new DeepFeature();
        return feature;
    }

    public void Dispose()
    {
        foreach (DeepFeature pass in passes.Values) pass.Dispose();
    }
}
