namespace Cil.Interfaces.Chunks;

/// <summary>How the windows of a long video are joined. The numbers are on disk: never change one.</summary>
[GenerateSerializer, Alias("cil.WindowJoining")]
public enum WindowMode
{
    /// <summary>Each window is conditioned on the last frame of the one before.</summary>
    Continue = 0,

    /// <summary>Windows overlap and are denoised together; predictions are blended where they do.</summary>
    Overlap = 1,
}
