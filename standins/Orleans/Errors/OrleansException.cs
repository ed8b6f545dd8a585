namespace Orleans.Runtime;

/// <summary>A failure of the runtime, not of the application.</summary>
public class OrleansException : Exception
{
    /// <summary>Without a text of its own.</summary>
    public OrleansException()
        : base("Unexpected error.")
    {
    }

    /// <summary>Says what failed.</summary>
    public OrleansException(string message)
        : base(message)
    {
    }

    /// <summary>Says what failed and why.</summary>
    public OrleansException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
