using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Losses;

/// <summary>
/// The random numbers of one training step: they depend on seed, step and the kind of device alone, so that a resumed run draws
/// the same. Few numbers are drawn on the processor, where they decide what is done; noise where it is used.
/// </summary>
public sealed class StepRandom : IDisposable
{
    private readonly Generator _generator, _noise;
    private readonly Device _device;

    /// <param name="device">Where noise is drawn; null for the processor.</param>
    public StepRandom(ulong seed, long step, Device? device = null)
    {
        var mixed = unchecked((seed * 0x9E3779B97F4A7C15UL) + ((ulong)step * 0xD1B54A32D192ED03UL)) & long.MaxValue;
        _device = device ?? CPU;
        _generator = new Generator(mixed);
        _noise = _device.type == DeviceType.CPU ? _generator : new Generator(mixed, _device);
    }

    /// <summary>Normal numbers on the device.</summary>
    public Tensor Noise(params long[] shape) => randn(shape, device: _device, generator: _noise);

    public Tensor Normal(params long[] shape) => randn(shape, generator: _generator);

    public Tensor Uniform(params long[] shape) => rand(shape, generator: _generator);

    /// <summary>Integers in [low, high).</summary>
    public Tensor Integers(long low, long high, params long[] shape) => randint(low, high, shape, generator: _generator);

    public void Dispose()
    {
        _generator.Dispose();
        _noise.Dispose();
    }
}
