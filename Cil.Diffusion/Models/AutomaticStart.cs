using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Pipelines;

namespace Cil.Diffusion.Models;

/// <summary>
/// M chosen by what was measured. Two things pull at it. Later in time the network copies the image (the CIL paper, section 3): the gap
/// 1 - R is what it does not read out of the noise. Earlier in time Analytic-Init's Gaussian is further from the data's marginal.
/// </summary>
public static class AutomaticStart
{
    /// <summary>The largest gap that sampling may begin with: half of the motion is read.</summary>
    public const double LargestGap = 0.5;

    /// <summary>
    /// The largest mismatch, in nats. In the small world (docs/science.md) the published M of 940 has 5 and its lowest, 820, has 81.
    /// </summary>
    public const double LargestMismatch = 50;

    /// <summary>
    /// The largest measured M whose gap is at most <see cref="LargestGap"/>; the smallest whose mismatch is at most
    /// <see cref="LargestMismatch"/> where that is later, since a start that fits no data has nothing to be read.
    /// </summary>
    /// <param name="marginal">Signal and noise at M (<see cref="ModelManifest.Marginal"/>).</param>
    /// <param name="variance">v of the scaled latents.</param>
    /// <param name="dimensions">Numbers in one clip's latents.</param>
    /// <returns>Null where no M is measured at which the start fits.</returns>
    public static int? Choose(LeakageCurve curve, Func<int, (double Signal, double Noise)> marginal, double variance, long dimensions)
    {
        int[] fitting = [.. curve.Points.Select(point => point.Start)
            .Where(start => Mismatch(marginal(start), variance, dimensions) <= LargestMismatch)];
        if (fitting.Length == 0) return null;
        int read = curve.Points.Where(point => 1 - point.Motion <= LargestGap).Select(point => point.Start).DefaultIfEmpty(0).Max();
        return Math.Max(read, fitting.Min());
    }

    /// <summary>
    /// The most that the data's marginal at M can differ from Analytic-Init's Gaussian, in nats: KL(q_M ‖ p_M) is at most the mean
    /// over clips of KL(N(alpha x0, sigma²) ‖ p_M) = ½ d ln(1 + alpha² v / sigma²), the KL divergence being convex. It is also the most
    /// that the noisy latents can tell of the clip.
    /// </summary>
    public static double Mismatch((double Signal, double Noise) marginal, double variance, long dimensions) =>
        0.5 * dimensions * Math.Log(1 + (marginal.Signal * marginal.Signal * variance / (marginal.Noise * marginal.Noise)));

    /// <summary>M of a model, from its curve and its statistics; without libtorch.</summary>
    /// <returns>Null where one of them is not there or the statistics are no safetensors file, or no M fits.</returns>
    /// <exception cref="ModelFolderException">The curve is damaged.</exception>
    public static int? Of(ModelManifest manifest, string folder)
    {
        if (LeakageCurve.Find(folder) is not { } curve || manifest.StatisticsFile is not { } file) return null;
        try
        {
            if (LatentStatistics.ReadVariance(Path.Combine(folder, file)) is not var (variance, dimensions)) return null;
            return Choose(
                curve with { Points = [.. curve.Points.Where(point => point.Start <= manifest.HighestStart)] },
                manifest.Marginal, variance, dimensions);
        }
        catch (Exception error) when (error is CheckpointException or IOException)
        {
            // Of statistics that cannot be read the job that starts from them tells.
            return null;
        }
    }
}
