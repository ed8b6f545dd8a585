namespace Cil.Diffusion.Pipelines;

/// <summary>
/// About the most memory that a process takes for a render, before anything of it is rendered. The networks keep a number of tensors of
/// their largest level at once; how many was fitted to measured peaks (MemoryEstimateTests compares), so that the estimate is above them,
/// by a quarter for large sizes. Attention takes no more than its inputs: libtorch makes its scores in parts.
/// </summary>
/// <param name="UNetChannels">
/// Channels of the U-Net's largest level: half of what its last blocks take in, features and skips together.
/// </param>
/// <param name="DecoderChannels">The most channels that the autoencoder has at the picture's full size.</param>
/// <param name="SpatialScale">Pixels of one latent, along one axis.</param>
/// <param name="WeightBytes">Of the files of weights.</param>
internal sealed record MemoryEstimate(long UNetChannels, long DecoderChannels, int SpatialScale, long WeightBytes)
{
    private const long Mebibyte = 1 << 20, Float32 = 4;

    // A silo with libtorch loaded, and what its allocator has at hand.
    private const long Process = 310 * Mebibyte, Spare = 200 * Mebibyte;

    // Tensors of the largest level at once: of a step, of frames that are decoded, and inside one of the decoder's blocks.
    private const double StepTensors = 35, DecodedTensors = 2.7, BlockTensors = 10;

    // Features that are kept: two in each of three passes of guidance at most.
    private const double KeptTensors = 6;

    // Blocks do inputs beyond this in parts of at least a frame (Layers/Scratch.cs).
    private const long Part = 64 * Mebibyte;

    // Norms and softmax in float32 keep bfloat16 from taking half.
    private const double BFloat16Share = 0.6;

    internal long Bytes(RenderSize size)
    {
        double number = Float32 * (size.IsBFloat16 ? BFloat16Share : 1), pixels = (double)size.Height * size.Width;
        double step = size.Frames * (pixels / (SpatialScale * SpatialScale)) * UNetChannels * number * (size.BatchGuidance ? 2 : 1);
        double frame = pixels * DecoderChannels * number, decoded = frame * Math.Min(size.Frames, size.FramesPerDecode);
        double block = Math.Min(decoded, Math.Max(frame, Part));
        double steps = (StepTensors + (size.KeepsFeatures ? KeptTensors : 0)) * step;
        return WeightBytes + Process + Spare + (long)(steps + (DecodedTensors * decoded) + (BlockTensors * block));
    }
}
