using System.Diagnostics;
using System.Text;
using Cil.Grains.Blobs;
using Cil.Grains.Diagnostics;
using Cil.Grains.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Frames;
using Cil.Interfaces.Jobs;
using Cil.Storage;

namespace Cil.Grains.Frames;

/// <summary>Joins a job's frames, has them encoded, and stores video, poster and provenance.</summary>
internal sealed class FrameAggregatorGrain(IBlobStore blobs, IVideoEncoder encoder, IMotionMeters meters) : Grain, IFrameAggregatorGrain
{
    private Task? running;

    public Task AssembleAsync(RenderPlan plan, IReadOnlyList<string> frameBlobs, string provenance)
    {
        // Encoding takes longer than a turn may: the end is reported to the job as a message.
        if (running is null or { IsCompleted: true }) running = RunAsync(plan, frameBlobs, provenance);
        return Task.CompletedTask;
    }

    private async Task RunAsync(RenderPlan plan, IReadOnlyList<string> frameBlobs, string provenance)
    {
        AggregationResult result;
        using Activity? span = GridActivities.BeginEncode(plan);
        try
        {
            result = await Task.Run(() => StoreAsync(plan, frameBlobs, provenance));
        }
        catch (Exception error) when (CorruptBlob(error) is { } blob)
        {
            result = new AggregationResult.Corrupt(blob);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            result = new AggregationResult.Failed(new JobError(JobError.EncodeFailed, error.Message, Retryable: true));
            GridActivities.Fail(span, JobError.EncodeFailed, error.Message);
        }

        await GrainFactory.GetGrain<IRenderJobGrain>(plan.Job.Value).ReportVideoAsync(result);
        DeactivateOnIdle();
    }

    private async Task<AggregationResult> StoreAsync(RenderPlan plan, IReadOnlyList<string> frameBlobs, string provenance)
    {
        int frameBytes = plan.Width * plan.Height * 3;
        var difference = new FrameDifference(frameBytes);
        IMotionMeter meter = meters.Start(plan.Width, plan.Height);
        byte[] first = [];
        byte[] video = await encoder.EncodeAsync(
            Blocks(), plan.Width, plan.Height, plan.PlaybackFps, plan.Container, CancellationToken.None);
        byte[] poster = await encoder.EncodePngAsync(first, plan.Width, plan.Height, CancellationToken.None);
        string videoBlob = plan.IsDraft ? BlobNames.Draft(plan.Job, plan.Container) : BlobNames.Video(plan.Job, plan.Container);
        string posterBlob = BlobNames.Poster(plan.Job);
        _ = await blobs.PutAsync(posterBlob, poster);
        if (!plan.IsDraft) _ = await blobs.PutAsync(BlobNames.Provenance(plan.Job), Encoding.UTF8.GetBytes(provenance));
        _ = await blobs.PutAsync(videoBlob, video);
        return new AggregationResult.Stored(videoBlob, posterBlob, difference.Mean) { Flow = meter.Flow, Flicker = meter.Flicker };

        // One blob at a time is in memory, however long the video is.
        async IAsyncEnumerable<ReadOnlyMemory<byte>> Blocks()
        {
            foreach ((Chunk chunk, string name) in plan.Chunks.Where(chunk => chunk.Kind == ChunkKind.Decode).OrderBy(chunk => chunk.First)
                .Zip(frameBlobs))
            {
                ReadOnlyMemory<byte>? part = (await blobs.GetAsync(name))?.Content;
                if (part is not { } frames || frames.Length != chunk.Count * frameBytes) throw new CorruptFramesException(name);
                if (first.Length == 0) first = frames[..frameBytes].ToArray();
                difference.Add(frames.Span);
                for (int start = 0; start < frames.Length; start += frameBytes) meter.Add(frames.Span.Slice(start, frameBytes));
                yield return frames;
            }
        }
    }

    // The encoder may have wrapped it.
    private static string? CorruptBlob(Exception? error) => error switch
    {
        null => null,
        CorruptFramesException corrupt => corrupt.Blob,
        _ => CorruptBlob(error.InnerException),
    };

    /// <summary>Frames that are damaged or not in storage; they can be decoded again.</summary>
    private sealed class CorruptFramesException(string blob) : Exception($"{blob}: damaged or lost")
    {
        internal string Blob { get; } = blob;
    }
}
