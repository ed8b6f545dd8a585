namespace Cil.Storage;

/// <summary>A conditional put found another content than it asked for.</summary>
public sealed class BlobConflictException : Exception
{
    public BlobConflictException(string message)
        : base(message)
    {
    }

    public BlobConflictException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public BlobConflictException()
    {
    }
}
