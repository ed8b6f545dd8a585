using System.Globalization;
using Cil.Interfaces.Chunks;

namespace Cil.Grains.Jobs;

/// <summary>Names work that takes the same device memory, so that one job's peak tells of the next one's.</summary>
internal static class MemoryKind
{
    internal static string Of(RenderPlan plan) => string.Create(
        CultureInfo.InvariantCulture,
        $"{plan.Model} {plan.Width}x{plan.Height} {plan.Windows.Select(window => window.Count).DefaultIfEmpty(plan.Frames).Max()} frames {plan.Precision}{(plan.BatchGuidance ? " batched" : "")}, {plan.FramesPerDecode} decoded");
}
