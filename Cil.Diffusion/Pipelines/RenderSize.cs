namespace Cil.Diffusion.Pipelines;

/// <summary>What the memory of a render depends on beside the model.</summary>
/// <param name="Frames">Of the largest window.</param>
/// <param name="Height">In pixels.</param>
/// <param name="Width">In pixels.</param>
/// <param name="FramesPerDecode">Frames that are decoded together.</param>
/// <param name="IsBFloat16">Whether the networks compute in bfloat16; else in float32.</param>
/// <param name="BatchGuidance">Whether both halves of guidance go through the network at once.</param>
/// <param name="KeepsFeatures">Whether features of the deep levels are kept from step to step.</param>
public sealed record RenderSize(
    int Frames, int Height, int Width, int FramesPerDecode, bool IsBFloat16, bool BatchGuidance, bool KeepsFeatures = false);
