using System.Globalization;
using Cil.Grains.Models;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Queue;

namespace Cil.Grains.Jobs;

/// <summary>Names kinds of work that take the same device memory, so that the peak of one job predicts the next.</summary>
internal static class MemoryKind
{
    /// <summary>
    /// The device memory that a plan needs, in bytes: as such work was measured to take, or else the model's estimate; 0 where
    /// neither is known.
    /// </summary>
    internal static async Task<long> NeededAsync(RenderPlan plan, IModelCatalog catalog, IWorkQueueGrain queue)
    {
        long measured = await queue.MemoryAsync(Of(plan));
        return measured > 0 ? measured : catalog.Find(plan.Model)?.PeakBytes?.Invoke(plan) ?? 0;
    }

    internal static string Of(RenderPlan plan)
    {
        int frames = plan.Windows.Select(window => window.Count).DefaultIfEmpty(plan.Frames).Max();
        string precision = plan.BatchGuidance ? $"{plan.Precision} batched" : plan.Precision;
        if (plan.WholeStepInterval > 0) precision += " fast";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{plan.Model} {plan.Width}x{plan.Height} {frames} frames {precision}, {plan.FramesPerDecode} decoded");
    }
}
