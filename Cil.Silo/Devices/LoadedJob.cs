using System.Diagnostics;
using Cil.Diffusion.Pipelines;
using Cil.Interfaces.Jobs;
using static TorchSharp.torch;

namespace Cil.Silo.Devices;

/// <summary>What a device keeps of the job it works on, so that the job's next chunk costs no transfer.</summary>
internal sealed class LoadedJob(RenderJobId id, Conditioning conditioning, SamplingPlan plan) : IDisposable
{
    // Nobody looks more often, and a preview takes as long as a good part of a small model's step.
    private static readonly TimeSpan BetweenPreviews = TimeSpan.FromSeconds(1);

    private long? lastPreview;

    internal RenderJobId Id { get; } = id;

    internal Conditioning Conditioning { get; } = conditioning;

    internal SamplingPlan Plan { get; } = plan;

    /// <summary>The latents as the blob of that name holds them.</summary>
    internal (string Blob, Tensor Tensor)? Latents { get; private set; }

    /// <summary>Whether people may want a new preview; says so at most once a second.</summary>
    internal bool PreviewIsDue()
    {
        if (lastPreview is { } last && Stopwatch.GetElapsedTime(last) < BetweenPreviews) return false;
        lastPreview = Stopwatch.GetTimestamp();
        return true;
    }

    internal void Keep(string blob, Tensor latents)
    {
        Latents?.Tensor.Dispose();
        Latents = (blob, latents);
    }

    public void Dispose()
    {
        Latents?.Tensor.Dispose();
        Conditioning.Dispose();
    }
}
