namespace Cil.Diffusion.Pipelines;

/// <summary>What the network is told at every step; kept between the chunks of a job.</summary>
public abstract class Conditioning : IDisposable
{
    public abstract void Dispose();
}
