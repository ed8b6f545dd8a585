namespace Cil.Silo.Options;

/// <summary>How a silo's workers begin and end.</summary>
internal sealed class WorkerOptions
{
    /// <summary>How long chunks in hand may go on when the silo is told to stop. Default: they stop at their next step.</summary>
    public TimeSpan DrainTimeout { get; set; }

    /// <summary>The model whose weights are bound before the workers take work; null for none. Default null.</summary>
    public string? Preload { get; set; }
}
