namespace Orleans.Storage;

/// <summary>A grain asks for a storage provider that is not registered.</summary>
public sealed class BadProviderConfigException : Runtime.OrleansException
{
    /// <summary>Without a text of its own.</summary>
    public BadProviderConfigException()
    {
    }

    /// <summary>Says which provider.</summary>
    public BadProviderConfigException(string msg)
        : base(msg)
    {
    }

    /// <summary>Says which provider and why.</summary>
    public BadProviderConfigException(string msg, Exception exc)
        : base(msg, exc)
    {
    }
}
