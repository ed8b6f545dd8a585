namespace Cil.Evaluation.Leakage;

/// <summary>How a network uses noisy video and conditional image at one M.</summary>
/// <param name="Start">M: a time or a noise level.</param>
/// <param name="LogSignalToNoise">ln(signal² / noise²) at M; minus infinity where nothing of the data is left.</param>
/// <param name="Motion">
/// R: the part of the clip's motion that the predicted clip has, ⟨x̂0 - c, x0 - c⟩ / ‖x0 - c‖² with c the first frame
/// repeated. 1 where it was read out of the noise, 0 for a still copy of the image.
/// </param>
/// <param name="ImageShare">
/// S: how far the prediction goes with another conditional image for the same noisy video, ‖x̂0(c) - x̂0(c')‖ / ‖c - c'‖. 0 where the image
/// does not count, 1 where the prediction is the image.
/// </param>
public sealed record LeakagePoint(int Start, double LogSignalToNoise, double Motion, double ImageShare)
{
    /// <summary>The two sides of R's fraction, clip by clip.</summary>
    public required IReadOnlyList<(double Along, double Motion)> Clips { get; init; }
}
