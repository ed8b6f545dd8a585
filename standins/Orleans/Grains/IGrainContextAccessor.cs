namespace Orleans.Runtime;

/// <summary>Finds the activation whose turn is running.</summary>
public interface IGrainContextAccessor
{
    /// <summary>That activation.</summary>
    IGrainContext GrainContext { get; }
}
