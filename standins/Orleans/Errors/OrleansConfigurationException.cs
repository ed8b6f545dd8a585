using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A silo or client is not configured so that it could start.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Only the original's constructors.")]
public sealed class OrleansConfigurationException : Exception
{
    /// <summary>Says what is missing.</summary>
    public OrleansConfigurationException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is missing and why.</summary>
    public OrleansConfigurationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
