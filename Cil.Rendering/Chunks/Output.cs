using Cil.Diffusion.Pipelines;

namespace Cil.Rendering.Chunks;

/// <summary>What a chunk has made.</summary>
/// <param name="Content">The blob: latents, predictions or frames.</param>
/// <param name="WeightsHash">SHA-256 of the weights that made it.</param>
internal sealed record Output(byte[] Content, PreviewImage? Preview, string WeightsHash);
