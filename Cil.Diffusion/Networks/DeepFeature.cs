using static TorchSharp.torch;

namespace Cil.Diffusion.Networks;

/// <summary>The deep levels' output in one pass of guidance.</summary>
public sealed class DeepFeature : IDisposable
{
    private Tensor? kept;

    /// <summary>Whether the network takes what is kept, and makes only what comes after it; false before anything is kept.</summary>
    internal bool IsReused
    {
        get => field && kept is not null;
        set;
    }

    /// <summary>(B T, C, h, w): what the first of the last blocks takes beside its skip connection.</summary>
    /// <exception cref="InvalidOperationException">Nothing is kept.</exception>
    internal Tensor Kept => kept ?? throw new InvalidOperationException("no step has gone through the whole network before");

    /// <summary>Keeps a tensor beyond its scope; it must not be written to any more.</summary>
    internal void Keep(Tensor feature)
    {
        kept?.Dispose();
        kept = feature.alias().DetachFromDisposeScope();
    }

    public void Dispose() => kept?.Dispose();
}
