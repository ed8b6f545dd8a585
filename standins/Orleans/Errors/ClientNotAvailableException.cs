using System.Diagnostics.CodeAnalysis;

namespace Orleans.Runtime;

/// <summary>A grain called an observer whose client is gone.</summary>
[SuppressMessage("Design", "CA1032", Justification = "Only the original's constructors.")]
public class ClientNotAvailableException : OrleansException
{
    internal ClientNotAvailableException(string message)
        : base(message)
    {
    }
}
