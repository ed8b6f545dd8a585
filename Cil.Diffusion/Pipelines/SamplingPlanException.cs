namespace Cil.Diffusion.Pipelines;

/// <summary>A plan asks for what the model cannot do; the message lists every fault with its field.</summary>
public sealed class SamplingPlanException : Exception
{
    public SamplingPlanException(string message)
        : base(message)
    {
    }

    public SamplingPlanException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public SamplingPlanException()
    {
    }
}
