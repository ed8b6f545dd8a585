using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Losses;

/// <summary>
/// The random numbers of one training step: they depend on seed, step and the kind of device alone, so that a resumed run draws
/// the same. Few numbers are drawn on the processor, where they decide what is done; noise where it is used.
/// </summary>
public sealed class StepRandom : IDisposable
{
    private readonly Generator generator, noise;
    private readonly Device device;

    /// <param name="device">Where noise is drawn; null for the processor.</param>
    public StepRandom(ulong seed, long step, Device? device = null)
    {
        ulong mixed = unchecked((seed * 0x9E3779B97F4A7C15UL) + ((ulong)step * 0xD1B54A32D192ED03UL)) & long.MaxValue;
        this.device = device ?? CPU;
        generator = new Generator(mixed);
        noise = this.device.type == DeviceType.CPU ? generator : new Generator(mixed, this.device);
    }

    /// <summary>Normal numbers on the device.</summary>
    public Tensor Noise(params long[] shape) => randn(shape, device: device, generator: noise);

    public Tensor Normal(params long[] shape) => randn(shape, generator: generator);

    public Tensor Uniform(params long[] shape) => rand(shape, generator: generator);

    /// <summary>Integers in [low, high).</summary>
    public Tensor Integers(long low, long high, params long[] shape) => randint(low, high, shape, generator: generator);

    public void Dispose()
    {
        generator.Dispose();
        noise.Dispose();
    }
}
