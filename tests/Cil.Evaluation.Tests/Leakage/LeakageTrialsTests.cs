using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Evaluation.Leakage;
using Cil.TestKit.Models;
using static TorchSharp.torch;

namespace Cil.Evaluation.Tests.Leakage;

public sealed class LeakageTrialsTests
{
    [Fact]
    public void Run_WithHardlyAnyNoise_FindsTheMotionInTheVideo_AndWithNothingElseTheImage()
    {
        using var model = new TinyModel();

        LeakagePoint[] points = Run(model.Folder, [1, 1000]);

        Assert.InRange(points[0].Motion, 0.9, 1.1);
        Assert.InRange(points[0].ImageShare, 0, 0.1);
        // Zero terminal SNR: the network has the image only.
        Assert.Equal(double.NegativeInfinity, points[1].LogSignalToNoise);
        Assert.True(points[1].ImageShare > 2 * points[0].ImageShare, $"{points[1].ImageShare} at 1000, {points[0].ImageShare} at 1");
    }

    [Fact]
    public void Run_GivesTheClipsWhoseSumsMakeR()
    {
        using var model = new TinyModel();

        LeakagePoint point = Run(model.Folder, [300])[0];

        Assert.Equal(2, point.Clips.Count);
        Assert.Equal(point.Motion, point.Clips.Sum(clip => clip.Along) / point.Clips.Sum(clip => clip.Motion), 1e-12);
    }

    [Fact]
    public void Run_OnStableVideoDiffusion_TakesNoiseLevels()
    {
        using var model = new TinySvd();

        LeakagePoint[] points = Run(model.Folder, [1, 100]);

        Assert.Equal(0, points[0].LogSignalToNoise);
        Assert.Equal(-2 * Math.Log(100), points[1].LogSignalToNoise, 1e-9);
        Assert.All(points, point => Assert.True(double.IsFinite(point.Motion) && double.IsFinite(point.ImageShare)));
    }

    [Fact]
    public void Run_OnOneClip_IsRefused()
    {
        using var model = new TinyModel();
        using VideoPipeline pipeline = ModelFolder.Load(model.Folder, CPU);
        byte[] frames = new byte[4 * 32 * 32 * 3];

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => LeakageTrials.Run(pipeline, [new LeakageClip(frames, "")], [500], 1).ToList());

        Assert.Contains("at least 2, got 1", error.Message, StringComparison.Ordinal);
    }

    private static LeakagePoint[] Run(string folder, int[] starts)
    {
        using VideoPipeline pipeline = ModelFolder.Load(folder, CPU);
        ModelManifest manifest = pipeline.Manifest;
        int bytes = manifest.Height * manifest.Width * 3;
        LeakageClip[] clips = [.. Enumerable.Range(0, 2).Select(clip => new LeakageClip(
            [.. Enumerable.Range(0, manifest.Frames * bytes)
                .Select(i => (byte)(((i % bytes) * (3 + clip)) + (i / bytes * 40)))], "a thing"))];
        return [.. LeakageTrials.Run(pipeline, clips, starts, seed: 1)];
    }
}
