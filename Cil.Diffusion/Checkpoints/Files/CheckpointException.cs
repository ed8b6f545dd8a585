namespace Cil.Diffusion.Checkpoints.Files;

/// <summary>A checkpoint cannot be used; the message names the file and, where there is one, the tensor.</summary>
public sealed class CheckpointException : Exception
{
    public CheckpointException(string message)
        : base(message)
    {
    }

    public CheckpointException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public CheckpointException()
    {
    }
}
