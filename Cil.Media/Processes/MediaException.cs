namespace Cil.Media.Processes;

/// <summary>A picture or clip cannot be read or written; the message says what was wrong with it.</summary>
public sealed class MediaException : Exception
{
    public MediaException(string message)
        : base(message)
    {
    }

    public MediaException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public MediaException()
    {
    }
}
