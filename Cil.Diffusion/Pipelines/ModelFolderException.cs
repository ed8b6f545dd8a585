namespace Cil.Diffusion.Pipelines;

/// <summary>A model folder cannot be used; the message lists every fault found.</summary>
public sealed class ModelFolderException : Exception
{
    public ModelFolderException(string message)
        : base(message)
    {
    }

    public ModelFolderException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public ModelFolderException()
    {
    }
}
