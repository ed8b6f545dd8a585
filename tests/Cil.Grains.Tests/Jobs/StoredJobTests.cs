using System.Text.Json;
using Cil.Grains.Frames;
using Cil.Grains.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

/// <summary>
/// The JSON of a stored job is a promise to data folders that are already out there. When these tests fail: a property
/// that is new is fine if a job stored without it still reads well, so add it to the end of frozen-job.json; a property
/// that was renamed, renumbered or removed loses the jobs of every deployment, so undo that, or write a migration first.
/// </summary>
public sealed class StoredJobTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static string Frozen => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Jobs", "frozen-job.json")).Trim();

    [Fact]
    public void StoredJob_IsWrittenAsItWasFrozen()
    {
        string written = JsonSerializer.Serialize(Full(), Indented);

        Assert.True(
            written == Frozen,
            $"the stored job has changed; read the summary of {nameof(StoredJobTests)} before changing frozen-job.json. It would now "
                + $"be:\n{written}");
    }

    [Fact]
    public void StoredJob_OfAnEarlierVersion_IsRead()
    {
        RenderJobState read = JsonSerializer.Deserialize<RenderJobState>(Frozen)!;

        Assert.Equal(Frozen, JsonSerializer.Serialize(read, Indented));
        Assert.Equal(Sample.Request, read.Request);
        Assert.Equal(Sample.Plan.Chunks, read.Plan!.Chunks);
        Assert.Equal((JobState.Failed, Full().Error), (read.State, read.Error));
    }

    [Fact]
    public void StoredJob_ThatWasCancelledBeforeItCame_IsRead()
    {
        RenderJobState read = JsonSerializer.Deserialize<RenderJobState>(
            """{"State":4,"Chunks":[],"Devices":[],"CreatedAt":"2026-01-02T12:00:00+00:00"}""")!;

        Assert.Equal((JobState.Cancelled, null, Sample.Noon), (read.State, read.Plan, read.CreatedAt));
    }

    // Every property set, none to its default.
    private static RenderJobState Full()
    {
        RenderJobState state = Sample.State(JobState.Failed);
        (state.Chunks[0].Epoch, state.Chunks[0].Failures, state.Chunks[0].Worker, state.Chunks[0].OutputBlob) =
            (2, 1, "silo/0", "jobs/one/work/0000.2.safetensors");
        (state.Chunks[0].OutOfMemory, state.Chunks[0].Losses, state.FailedOn, state.EncodeFailures) = (1, 2, ["silo/1"], 1);
        state.StoredBytes = 12345;
        (state.VideoBlob, state.PosterBlob, state.PreviewBlob) = ("jobs/one/video.mp4", "jobs/one/poster.png", "jobs/one/preview.png");
        (state.Flow, state.Flicker, state.Priority) = (1.5, 0.25, 7);
        (state.FrameDifference, state.WeightsHash, state.Devices) = (2.5, "abc123", ["cpu"]);
        state.Plan = state.Plan! with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        state.Error = new JobError(JobError.RenderFailed, "the device is gone", Retryable: true);
        (state.FinishedAt, state.ExpiresAt) = (Sample.Noon.AddMinutes(1), Sample.Noon.AddDays(30));
        (state.DraftBlob, state.ApproveBy, state.IsReleased) = ("jobs/one/draft.mp4", Sample.Noon.AddDays(1), true);
        return state;
    }
}
