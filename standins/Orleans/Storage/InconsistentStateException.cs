using Orleans.Runtime;

namespace Orleans.Storage;

/// <summary>Another version of the state is stored than the one expected. Leaving a grain's method, it ends the activation.</summary>
public class InconsistentStateException : OrleansException
{
    /// <summary>Without a text of its own.</summary>
    public InconsistentStateException()
    {
    }

    /// <summary>Says what happened.</summary>
    public InconsistentStateException(string message)
        : base(message)
    {
    }

    /// <summary>Says what happened and why.</summary>
    public InconsistentStateException(string message, Exception? innerException)
        : base(message, innerException!)
    {
    }

    /// <summary>Names both versions.</summary>
    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag, Exception? storageException)
        : base(errorMsg, storageException!)
    {
        StoredEtag = storedEtag;
        CurrentEtag = currentEtag;
    }

    /// <summary>Names both versions.</summary>
    public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag)
        : this(errorMsg, storedEtag, currentEtag, null)
    {
    }

    /// <summary>Names both versions.</summary>
    public InconsistentStateException(string? storedEtag, string? currentEtag, Exception storageException)
        : this(storageException.Message, storedEtag, currentEtag, storageException)
    {
    }

    /// <summary>The stored version.</summary>
    public string? StoredEtag { get; }

    /// <summary>The version that was expected.</summary>
    public string? CurrentEtag { get; }

    // Only the activation whose state it is ends, not those that it was called by.
    internal bool IsSourceActivation { get; set; } = true;
}
