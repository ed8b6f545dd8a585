using System.Globalization;
using Cil.Interfaces.Chunks;

namespace Cil.Grains.Jobs;

/// <summary>Names kinds of work that take the same device memory, so that the peak of one job predicts the next.</summary>
internal static class MemoryKind
{
    internal static string Of(RenderPlan plan)
    {
        int frames = plan.Windows.Select(window => window.Count).DefaultIfEmpty(plan.Frames).Max();
        string precision = plan.BatchGuidance ? $"{plan.Precision} batched" : plan.Precision;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Model} {plan.Width}x{plan.Height} {frames} frames {precision}, {plan.FramesPerDecode} decoded");
    }
}
