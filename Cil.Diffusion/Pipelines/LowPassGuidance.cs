using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>
/// Adaptive low-pass guidance (Choi et al., "Enhancing Motion Dynamics of Image-to-Video Models via Adaptive Low-Pass Guidance", arXiv
/// 2506.08456): in the first steps the network is told a conditional image without its fine detail, which it would otherwise copy
/// where there is nothing else to go by.
/// </summary>
/// <param name="Strength">Above 0 to 1: the image is reduced to 1 - Strength of its width and height and enlarged again; 0.6 for Wan 2.1
/// in configs/wan_alg.yaml of github.com/choi403/ALG. 1 leaves the mean colour.</param>
/// <param name="Share">Share of the steps, above 0 to 1, that begin with it.</param>
public sealed record LowPassGuidance(double Strength, double Share = LowPassGuidance.PublishedShare)
{
    /// <summary>As published for Wan 2.1 (configs/wan_alg.yaml, schedule_interval_end_time).</summary>
    public const double PublishedShare = 0.2;

    /// <summary>As published for Wan 2.1.</summary>
    public const double PublishedStrength = 0.6;

    /// <summary>Whether a step sees the low-passed image (lp_utils.py, get_lp_strength, "interval").</summary>
    /// <param name="step">0 is the noisiest.</param>
    public bool IsOn(int step, int count) => (double)step / Math.Max(count - 1, 1) <= Share;

    /// <summary>
    /// The image without its fine detail: reduced and enlarged again, bilinear with antialiasing (lp_utils.py, apply_low_pass_filter,
    /// "down_up").
    /// </summary>
    /// <param name="image">(B, C, H, W), float32.</param>
    /// <returns>Of the same shape.</returns>
    public static Tensor Filter(Tensor image, double strength)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = DownUp(image.size(2), strength, image.device), columns = DownUp(image.size(3), strength, image.device);
        return rows.matmul(image).matmul(columns.t()).MoveToOuterDisposeScope();
    }

    internal IEnumerable<FormattableString> Errors()
    {
        if (!(Strength is > 0 and <= 1)) yield return $"low-pass strength: must be above 0 to 1, got {Strength}";
        if (!(Share is > 0 and <= 1)) yield return $"low-pass share of the steps: must be above 0 to 1, got {Share}";
    }

    // Down and up again along one axis, as one matrix: (side, side).
    private static Tensor DownUp(long side, double strength, Device device)
    {
        int few = (int)Math.Max(1, Math.Round(side * (1 - strength), MidpointRounding.ToEven));
        using DisposeScope scope = NewDisposeScope();
        return Resample(few, (int)side, device).matmul(Resample((int)side, few, device)).MoveToOuterDisposeScope();
    }

    // Pixels' centres are at halves; the triangle is as wide as the step where there are fewer pixels than before.
    private static Tensor Resample(int from, int to, Device device)
    {
        double step = (double)from / to, reach = Math.Max(step, 1);
        float[] weights = new float[to * from];
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * step;
            double[] row = [.. Enumerable.Range(0, from).Select(j => Math.Max(0, 1 - (Math.Abs(j + 0.5 - centre) / reach)))];
            double sum = row.Sum();
            for (int j = 0; j < from; j++) weights[(i * from) + j] = (float)(row[j] / sum);
        }

        return tensor(weights, [to, from], device: device);
    }
}
