using static TorchSharp.torch;

namespace Cil.Diffusion.Training;

/// <summary>The random numbers of one training step: they depend on seed and step alone, so that a resumed run draws the same.</summary>
public sealed class StepRandom : IDisposable
{
    private readonly Generator _generator;

    public StepRandom(ulong seed, long step) =>
        _generator = new Generator(unchecked((seed * 0x9E3779B97F4A7C15UL) + ((ulong)step * 0xD1B54A32D192ED03UL)) & long.MaxValue);

    public Tensor Normal(params long[] shape) => randn(shape, generator: _generator);

    public Tensor Uniform(params long[] shape) => rand(shape, generator: _generator);

    /// <summary>Integers in [low, high).</summary>
    public Tensor Integers(long low, long high, params long[] shape) => randint(low, high, shape, generator: _generator);

    public void Dispose() => _generator.Dispose();
}
