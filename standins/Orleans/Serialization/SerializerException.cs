using System.Diagnostics.CodeAnalysis;

namespace Orleans.Serialization;

/// <summary>A value cannot travel.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Only the original's constructors.")]
public class SerializerException : Exception
{
    /// <summary>Says why.</summary>
    public SerializerException(string message)
        : base(message)
    {
    }
}
