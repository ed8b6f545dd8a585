using System.Globalization;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.DynamiCrafter;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>What does not fit together in a manifest of DynamiCrafter or VideoCrafter1.</summary>
internal static class LvdmErrors
{
    internal static IEnumerable<string> Of(LvdmManifest manifest)
    {
        if (manifest.Frames < 1) yield return $"frames: must be at least 1, got {manifest.Frames}";
        if (!double.IsFinite(manifest.ScaleFactor) || manifest.ScaleFactor <= 0)
            yield return Text($"scale_factor: must be above 0, got {manifest.ScaleFactor}");
        foreach (string fault in Networks(manifest).Concat(Sampling(manifest.Sampling)).Concat(Schedule(manifest.Schedule)))
            yield return fault;
    }

    private static IEnumerable<string> Networks(LvdmManifest manifest)
    {
        (UNetConfig? network, AutoencoderManifest? autoencoder, ResamplerConfig? resampler, OpenClipConfig? clip) =
            (manifest.UNet, manifest.Autoencoder, manifest.Resampler, manifest.OpenClip);
        bool levels = network.ChannelMult.Count > 0 && autoencoder.Config.ChMult.Count > 0;
        if (network.ChannelMult.Count == 0) yield return "unet.channel_mult: must have at least one level, got none";
        if (autoencoder.Config.ChMult.Count == 0) yield return "autoencoder.ddconfig.ch_mult: must have at least one level, got none";
        if (levels && !Fits(manifest.Height, manifest.SizeMultiple))
            yield return $"height: must be a multiple of {manifest.SizeMultiple}, got {manifest.Height}";
        if (levels && !Fits(manifest.Width, manifest.SizeMultiple))
            yield return $"width: must be a multiple of {manifest.SizeMultiple}, got {manifest.Width}";
        (string Name, long Value)[] counts =
        [
            ("unet.model_channels", network.ModelChannels), ("unet.num_res_blocks", network.NumResBlocks),
            ("unet.num_head_channels", network.NumHeadChannels),
            ("autoencoder.embed_dim", autoencoder.EmbedDim),
            ("autoencoder.ddconfig.ch", autoencoder.Config.Ch), ("resampler.dim", resampler.Dim),
            ("resampler.heads", resampler.Heads), ("resampler.num_queries", resampler.NumQueries),
            ("open_clip.text_cfg.heads", clip.Text.Heads),
            ("open_clip.text_cfg.width", clip.Text.Width), ("open_clip.vision_cfg.width", clip.Vision.Width),
            ("open_clip.vision_cfg.patch_size", clip.Vision.PatchSize),
        ];
        foreach ((string name, long value) in counts.Where(count => count.Value < 1))
            yield return $"{name}: must be at least 1, got {value}";
        long latents = manifest.LatentChannels;
        long inputs = manifest.ConcatenatesImage ? 2 * latents : latents;
        if (network.InChannels != inputs)
        {
            yield return $"unet.in_channels: must be {(manifest.ConcatenatesImage ? "twice " : "")}autoencoder.embed_dim ({inputs}), "
                + $"got {network.InChannels}";
        }

        if (network.OutChannels != latents)
            yield return $"unet.out_channels: must be autoencoder.embed_dim ({latents}), got {network.OutChannels}";
        if (network.ContextDim != clip.Text.Width)
            yield return $"unet.context_dim: must be the text width ({clip.Text.Width}), got {network.ContextDim}";
        if (resampler.OutputDim != network.ContextDim)
            yield return $"resampler.output_dim: must be unet.context_dim ({network.ContextDim}), got {resampler.OutputDim}";
        if (resampler.EmbeddingDim != clip.Vision.Width)
            yield return $"resampler.embedding_dim: must be the vision width ({clip.Vision.Width}), got {resampler.EmbeddingDim}";
        if (manifest.Family == FamilyName.VideoCrafter1 && resampler.VideoLength is { } own)
            yield return $"resampler.video_length: {manifest.Family} has one set of image tokens for all frames: must be absent, got {own}";
        else if (resampler.VideoLength is { } length && length != manifest.Frames)
            yield return $"resampler.video_length: must be frames ({manifest.Frames}), got {length}";
    }

    private static IEnumerable<string> Sampling(LvdmSampling sampling)
    {
        if (sampling.Start is < 1 or > LvdmManifest.Times)
            yield return $"sampling.start: must be 1 to {LvdmManifest.Times}, got {sampling.Start}";
        else if (sampling.Steps < 1 || sampling.Steps > sampling.Start)
            yield return $"sampling.steps: must be 1 to start ({sampling.Start}), got {sampling.Steps}";
        if (!double.IsFinite(sampling.GuidanceScale) || sampling.GuidanceScale < 0)
            yield return Text($"sampling.guidance_scale: must be at least 0, got {sampling.GuidanceScale}");
        if (!(sampling.GuidanceRescale is >= 0 and <= 1))
            yield return Text($"sampling.guidance_rescale: must be 0 to 1, got {sampling.GuidanceRescale}");
        if (!(sampling.Eta is >= 0 and <= 1)) yield return Text($"sampling.eta: must be 0 to 1, got {sampling.Eta}");
        if (sampling.Fps < 0) yield return $"sampling.fps: must be at least 0, got {sampling.Fps}";
        if (sampling.PlaybackFps < 1) yield return $"sampling.playback_fps: must be at least 1, got {sampling.PlaybackFps}";
    }

    private static IEnumerable<string> Schedule(ScheduleManifest schedule)
    {
        if (!(schedule.LinearStart > 0 && schedule.LinearStart < schedule.LinearEnd && schedule.LinearEnd < 1))
        {
            yield return Text(
                $"schedule: linear_start and linear_end must rise between 0 and 1, got {schedule.LinearStart} and {schedule.LinearEnd}");
        }

        if (schedule.BaseScale is { } scale && !(scale is > 0 and <= 1))
            yield return Text($"schedule.base_scale: must be above 0, at most 1, or absent; got {scale}");
    }

    private static bool Fits(int pixels, int multiple) => pixels >= multiple && pixels % multiple == 0;

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
