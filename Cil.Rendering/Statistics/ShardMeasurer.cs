using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Pipelines;
using Cil.Grains.Workers;
using Cil.Interfaces.Chunks;
using Cil.Media.Clips;
using Cil.Rendering.Devices;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Rendering.Statistics;

/// <summary>Encodes one shard's clips on a device and sums their latents' moments.</summary>
/// <param name="hold">Keeps the plan's number of threads until it is disposed of; called on the device's thread.</param>
/// <param name="load">Gives the plan's model; called on the device's thread.</param>
internal sealed class ShardMeasurer(
    DeviceThread thread, Func<IDisposable?> hold, string folder, StatisticsPlan plan, Func<VideoPipeline> load)
{
    /// <returns>The moments as safetensors, and the hash of the weights.</returns>
    internal async Task<(byte[] Moments, string WeightsHash)> MeasureAsync(
        Chunk shard, IChunkProgress progress, CancellationToken cancellationToken)
    {
        IReadOnlyList<ClipList.Entry> clips = ClipList.Read(folder);
        if (clips.Count != plan.Clips)
            throw new ClipListException($"{folder}: expected {plan.Clips} clips, got {clips.Count}: the list has changed");
        LatentMoments? moments = null;
        string hash = "";
        int end = shard.First + shard.Count;
        Task<byte[]> next = DecodeAsync(clips[shard.First], cancellationToken);
        for (int clip = shard.First; clip < end; clip++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] frames = await next;
            // The next clip is decoded while this one is on the device.
            if (clip + 1 < end) next = DecodeAsync(clips[clip + 1], cancellationToken);
            else progress.Ending();
            int number = clip;
            (moments, hash) = await thread.RunAsync(() => Add(moments, hash, frames, number));
            progress.Done(clip + 1 - shard.First);
        }

        return (await thread.RunAsync(moments!.ToBytes), hash);
    }

    private (LatentMoments Moments, string WeightsHash) Add(LatentMoments? moments, string hash, byte[] frames, int clip)
    {
        using IDisposable? held = hold();
        VideoPipeline pipeline = load();
        using DisposeScope scope = NewDisposeScope();
        Tensor latents = pipeline.EncodeClip(frames, plan.Frames, plan.Height, plan.Width, plan.Seed, clip);
        moments ??= new LatentMoments(plan.Rank > 0, pipeline.Manifest.LatentShape(plan.Frames, plan.Height, plan.Width));
        moments.Add(latents.to(float32).cpu().contiguous().data<float>().ToArray());
        pipeline.RequireItsWeights();
        if (hash.Length > 0 && hash != pipeline.WeightsHash)
            throw new InvalidOperationException(
                $"{plan.Model}: other weights than for the shard's first clips: {pipeline.WeightsHash} after {hash}");
        return (moments, pipeline.WeightsHash);
    }

    private Task<byte[]> DecodeAsync(ClipList.Entry clip, CancellationToken cancellationToken) =>
        ClipDecoder.DecodeAsync(
            Path.Combine(folder, clip.File), plan.Width, plan.Height, plan.Frames, cancellationToken: cancellationToken);
}
