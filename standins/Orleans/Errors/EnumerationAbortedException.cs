namespace Orleans.Runtime;

/// <summary>A stream from a grain ended early: the activation that produced it is gone.</summary>
public sealed class EnumerationAbortedException : Exception
{
    /// <summary>Without a text of its own.</summary>
    public EnumerationAbortedException()
    {
    }

    /// <summary>Says why.</summary>
    public EnumerationAbortedException(string message)
        : base(message)
    {
    }

    /// <summary>Says why, and what was thrown.</summary>
    public EnumerationAbortedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
