using static TorchSharp.torch;

namespace Cil.Diffusion.Pipelines;

/// <summary>Checks of what a pipeline is given; each error names both sides.</summary>
internal static class PipelineInputs
{
    private const int LatentAxes = 5;

    internal static void RequireTwoPasses(SamplingPlan plan, string argument)
    {
        if (plan.GuidanceScale == 1 || plan.ImageGuidanceScale is not null || plan.BatchGuidance)
        {
            string why = plan.GuidanceScale == 1 ? "guidance 1 has one pass"
                : plan.BatchGuidance ? "both are made at once"
                : "guidance by image and by prompt has three";
            throw new ArgumentException($"guidance: two passes that can be made apart are expected; {why}", argument);
        }
    }

    internal static void RequireSize(ModelManifest manifest, int width, int height, string argument)
    {
        int multiple = manifest.SizeMultiple;
        if (width < multiple || height < multiple || width % multiple != 0 || height % multiple != 0)
            throw new ArgumentException($"size: width and height must be multiples of {multiple}, got {width}x{height}", argument);
    }

    // Latents come from storage: another job's would broadcast or fail far from here.
    internal static void RequireLatents(ModelManifest manifest, Tensor latents, long[] window)
    {
        bool fits = latents.dim() == LatentAxes && latents.size(0) == 1 && (window.Length == 0
            ? latents.size(1) == manifest.LatentChannels
            : latents.shape.AsSpan(1).SequenceEqual(window));
        if (fits) return;
        string expected = window.Length == 0 ? $"1, {manifest.LatentChannels}, T, h, w" : $"1, {string.Join(", ", window)}";
        throw new ArgumentException($"latents: expected ({expected}), got ({string.Join(", ", latents.shape)})", nameof(latents));
    }

    internal static void RequireFinite(Tensor latents)
    {
        if (!latents.isfinite().all().item<bool>())
        {
            throw new InvalidOperationException(
                "latents: hold numbers that are not finite; the weights or the precision do not fit the model");
        }
    }
}
