using System.Diagnostics;
using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Pipelines;
using Cil.Interfaces;
using static TorchSharp.torch;

namespace Cil.Rendering.Chunks;

/// <summary>What a device keeps of the job it works on, so that the job's next chunk costs no transfer.</summary>
internal sealed class LoadedJob(RenderJobId id) : IDisposable
{
    // Nobody looks more often.
    private static readonly TimeSpan BetweenPreviews = TimeSpan.FromSeconds(1);

    // A preview may take a hundredth of the device's time.
    private const int PreviewShare = 100;

    private long last;
    private TimeSpan pause;

    internal RenderJobId Id { get; } = id;

    /// <summary>The window whose picture <see cref="Conditioning"/> is of; null before any.</summary>
    internal int? Conditioned { get; private set; }

    internal Conditioning? Conditioning { get; private set; }

    /// <summary>Analytic-Init's statistics, as the job has them.</summary>
    internal LatentStatistics? Statistics { get; private set; }

    /// <summary>The latents as the blob of that name holds them.</summary>
    internal (string Blob, Tensor Tensor)? Latents { get; private set; }

    /// <summary>Draws a preview when people may want a new one and it costs little beside the work.</summary>
    internal PreviewImage? Preview(VideoPipeline pipeline, Tensor predictedX0)
    {
        if (pause > TimeSpan.Zero && Stopwatch.GetElapsedTime(last) < pause) return null;
        long begin = Stopwatch.GetTimestamp();
        PreviewImage picture = pipeline.Preview(predictedX0);
        last = Stopwatch.GetTimestamp();
        TimeSpan cost = PreviewShare * Stopwatch.GetElapsedTime(begin, last);
        pause = cost > BetweenPreviews ? cost : BetweenPreviews;
        return picture;
    }

    /// <summary>Takes what the network is told in a window, in place of what it was told before.</summary>
    internal void Condition(int window, Conditioning conditioning, LatentStatistics? statistics)
    {
        Conditioning?.Dispose();
        (Conditioned, Conditioning, Statistics) = (window, conditioning, statistics);
    }

    internal void Keep(string blob, Tensor latents)
    {
        Latents?.Tensor.Dispose();
        Latents = (blob, latents);
    }

    public void Dispose()
    {
        Latents?.Tensor.Dispose();
        Conditioning?.Dispose();
    }
}
