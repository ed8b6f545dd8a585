namespace Cil.Diffusion.AnalyticInit;

/// <summary>Analytic-Init statistics cannot be used; the message names the file, the field and both sides.</summary>
public sealed class StatisticsException : Exception
{
    public StatisticsException(string message)
        : base(message)
    {
    }

    public StatisticsException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public StatisticsException()
    {
    }
}
