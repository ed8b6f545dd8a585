using Cil.Grains.Models;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Jobs;

/// <summary>What a request says about the amount of motion, checked against what the model's network is told.</summary>
internal static class MotionControls
{
    /// <summary>Of adaptive low-pass guidance (github.com/choi403/ALG, configs/wan_alg.yaml).</summary>
    internal const double PublishedShare = 0.2;

    private const int MostFps = 120, MostBucket = 255, MostGuidance = 100, MostNoise = 10;

    internal static IEnumerable<(string Property, string Message)> Errors(RenderRequest request, ModelDescription model)
    {
        if (request.FpsCondition is { } fps and (< 1 or > MostFps))
            yield return (nameof(request.FpsCondition), $"1 to {MostFps}, got {fps}");
        if (request.MotionBucket is { } bucket)
        {
            if (!model.HasMotionBucket)
            {
                yield return (nameof(
                    request.MotionBucket), $"Stable Video Diffusion alone is told one; {model.Name} is told "
                        + $"{RequestValidator.Field(nameof(request.FpsCondition))}");
            }
            else if (!(bucket is >= 1 and <= MostBucket)) yield return (nameof(request.MotionBucket), $"1 to {MostBucket}, got {bucket}");
        }

        if (request.NoiseAugmentation is { } noise)
        {
            if (!model.HasMotionBucket)
            {
                yield return (nameof(
                    request.NoiseAugmentation), $"Stable Video Diffusion alone has noise on its image; {model.Name} has none");
            }
            else if (!(noise is >= 0 and <= MostNoise)) yield return (nameof(request.NoiseAugmentation), $"0 to {MostNoise}, got {noise}");
        }

        if (request.ImageGuidance is { } image)
        {
            if (!model.GuidesImageApart)
            {
                yield return (nameof(
                    request.ImageGuidance), $"{model.Name} reads no prompt that the image could be guided apart from; give guidance");
            }
            else if (!(image is >= 0 and <= MostGuidance))
                yield return (nameof(request.ImageGuidance), $"0 to {MostGuidance}, got {image}");
            else if ((request.Guidance ?? model.Guidance) == 1)
            {
                yield return (nameof(
                    request.ImageGuidance), "has no effect where guidance is 1, which leaves the other passes out; give another guidance");
            }
            else if (request.SplitGuidance)
                yield return (nameof(request.SplitGuidance), "guidance by image and by prompt has three passes; two devices take two");
        }

        foreach ((string Property, string Message) error in LowPass(request, model)) yield return error;
    }

    private static IEnumerable<(string Property, string Message)> LowPass(RenderRequest request, ModelDescription model)
    {
        if (request.MotionShare is { } share)
        {
            if (!(share is > 0 and <= 1)) yield return (nameof(request.MotionShare), $"above 0 to 1, got {share}");
            else if (request.Motion is null)
            {
                yield return (nameof(
                    request.MotionShare), $"has no effect without {RequestValidator.Field(nameof(request.Motion))}; give that too");
            }
        }

        if (request.Motion is not { } strength) yield break;
        if (!(strength is > 0 and <= 1)) yield return (nameof(request.Motion), $"above 0 to 1, got {strength}");
        else if (!model.GuidesImageApart) yield break;
        else if ((request.Guidance ?? model.Guidance) == 1)
        {
            yield return (nameof(
                request.Motion), "weighs passes of guidance against each other, and guidance is 1, which leaves them out; give another "
                    + "guidance");
        }
        else if (request.ImageGuidance is not null)
        {
            yield return (nameof(
                request.Motion), $"has passes of its own, and so has {RequestValidator.Field(nameof(request.ImageGuidance))}; give one of "
                    + "both");
        }
        else if (request.SplitGuidance)
            yield return (nameof(request.SplitGuidance), "low-pass guidance has three passes; two devices take two");
    }
}
