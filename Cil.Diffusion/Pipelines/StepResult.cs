using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>One denoising step's outcome.</summary>
/// <param name="Latents">(1, C, T, h, w), float32, at the next time.</param>
/// <param name="PredictedX0">What the network now takes the clean latents to be; for previews.</param>
public readonly record struct StepResult(Tensor Latents, Tensor PredictedX0);
