using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>
/// A place in a checkpoint's tree of names. A layer asks it for its own parameters, so that each name stands once,
/// beside the layer it fills (the idea of candle's VarBuilder).
/// </summary>
public readonly record struct WeightScope(IWeightSource Source, string Path)
{
    public static WeightScope Root(IWeightSource source, string prefix = "") => new(source, prefix);

    public WeightScope Sub(string name) => this with { Path = Join(name) };

    public WeightScope Sub(int index) => Sub(index.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public Tensor Get(string name, params long[] shape) => Source.Get(Join(name), shape, Initial.Uniform);

    public Tensor Get(string name, Initial initial, params long[] shape) => Source.Get(Join(name), shape, initial);

    private string Join(string name) => Path.Length == 0 ? name : $"{Path}.{name}";
}
