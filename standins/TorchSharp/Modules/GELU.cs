namespace TorchSharp.Modules;

/// <summary>Gaussian error linear units: here only the names of its two forms.</summary>
public sealed class GELU
{
    private GELU()
    {
    }

    public enum Approximate
    {
        none,
        tanh,
    }
}
