using System.Globalization;
using Cil.Grains.Models;
using Cil.Interfaces.Chunks;

namespace Cil.Grains.Jobs;

/// <summary>What a device has memory for, where it has none for what was asked.</summary>
internal static class PossibleSize
{
    /// <param name="plan">What was asked for.</param>
    /// <param name="memory">Of the device, in bytes.</param>
    /// <returns>The largest size of the same shape, and the most frames of the same size, by the model's estimate.</returns>
    internal static string Describe(RenderPlan plan, ModelDescription model, long memory)
    {
        if (model.PeakBytes is not { } peak || memory <= 0) return "give a smaller size or fewer frames";
        int frames = plan.Windows.Select(window => window.Count).DefaultIfEmpty(plan.Frames).Max();
        string? size = Sizes(plan, model).Where(smaller => peak(smaller) <= memory)
            .Select(smaller => $"{Number(smaller.Width)}x{Number(smaller.Height)}").FirstOrDefault();
        int fewer = Enumerable.Range(1, frames - 1).Reverse()
            .FirstOrDefault(count => peak(plan with { Frames = count, Windows = [] }) <= memory);
        string[] possible =
        [
            .. size is null ? Array.Empty<string>() : [$"{size} with {Number(frames)} frames"],
            .. fewer == 0 ? Array.Empty<string>() : [$"{Number(fewer)} {(fewer == 1 ? "frame" : "frames")} of this size"],
        ];
        return possible.Length == 0 ? "no size of this shape fits" : $"possible: {string.Join(", or ", possible)}";
    }

    // From the largest; the networks take multiples alone, so the shape is kept as nearly as those allow.
    private static IEnumerable<RenderPlan> Sizes(RenderPlan plan, ModelDescription model)
    {
        int multiple = model.SizeMultiple;
        for (int height = plan.Height - multiple; height >= multiple; height -= multiple)
        {
            int width = Math.Max(1, (int)Math.Round((double)plan.Width * height / plan.Height / multiple)) * multiple;
            yield return plan with { Width = width, Height = height };
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
