namespace Cil.Interfaces.Chunks;

/// <summary>How the windows of a long video are joined. The numbers are on disk: never change one.</summary>
[GenerateSerializer, Alias("cil.WindowJoining")]
public enum WindowJoining
{
    /// <summary>Each window begins with the last frame of the one before as its picture.</summary>
    Continue = 0,

    /// <summary>Windows overlap and are denoised together; predictions are blended where they do.</summary>
    Overlap = 1,
}
