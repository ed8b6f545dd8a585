using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A request was not delivered.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Only the original's constructors.")]
public class OrleansMessageRejectionException : OrleansException
{
    internal OrleansMessageRejectionException(string message)
        : base(message)
    {
    }

    internal OrleansMessageRejectionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
