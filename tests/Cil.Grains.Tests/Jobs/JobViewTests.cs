using Cil.Grains.Jobs;
using Cil.Grains.Leases;
using Cil.Interfaces;
using Cil.Interfaces.Chunks;
using Cil.Interfaces.Jobs;

namespace Cil.Grains.Tests.Jobs;

public sealed class JobViewTests
{
    [Fact]
    public void Of_CountsStoredChunksAndWhatRunningOnesSay()
    {
        RenderJobState state = Rendered(chunks: 1);

        JobSnapshot snapshot = View(state, new() { [1] = 2 });

        Assert.Equal((5, 7, 0, 6), (snapshot.Step, snapshot.Steps, snapshot.FramesDecoded, snapshot.Frames));
    }

    [Fact]
    public void Of_ALongVideoWithGuidanceInHalves_CountsAllOfThem()
    {
        RenderJobState state = Sample.State();
        state.Plan = RenderPlanner.Plan(
            new("one"), Sample.Request with { Frames = 10, Joining = WindowMode.Overlap, SplitGuidance = true },
            Models.FakeCatalog.Tiny, Sample.Options, 1);
        state.Chunks = [.. state.Plan.Chunks.Select((_, index) => new ChunkState { OutputBlob = index < 5 ? "stored" : null })];

        JobSnapshot snapshot = View(state);

        Assert.Equal(
            (5, state.Plan.Windows.Count * 7 * 2, 0, 10), (snapshot.Step, snapshot.Steps, snapshot.FramesDecoded, snapshot.Frames));
        Assert.Equal(JobStage.Denoising, snapshot.Stage);
    }

    [Fact]
    public void Of_AStoredChunkThatStillCountsAsRunning_CountsItOnce() =>
        Assert.Equal(3, View(Rendered(chunks: 1), new() { [0] = 3 }).Step);

    [Theory]
    [InlineData(JobState.Queued, 0, JobStage.Waiting)]
    [InlineData(JobState.Running, 0, JobStage.Denoising)]
    [InlineData(JobState.Running, 2, JobStage.Denoising)]
    [InlineData(JobState.Running, 3, JobStage.Decoding)]
    [InlineData(JobState.Running, 4, JobStage.Decoding)]
    [InlineData(JobState.Running, 5, JobStage.Encoding)]
    [InlineData(JobState.Completed, 5, JobStage.Done)]
    [InlineData(JobState.Failed, 1, JobStage.Done)]
    [InlineData(JobState.Cancelled, 0, JobStage.Done)]
    public void Of_SaysTheStage(JobState state, int rendered, JobStage expected) =>
        Assert.Equal(expected, View(Rendered(rendered, state)).Stage);

    [Fact]
    public void Of_AJobThatWasCancelledBeforeItCame_IsDone()
    {
        var error = new JobError(JobError.Cancelled, "the job was cancelled", Retryable: false);

        JobSnapshot snapshot = View(
            new RenderJobState { State = JobState.Cancelled, Error = error, CreatedAt = Sample.Noon, FinishedAt = Sample.Noon });

        Assert.Equal((JobState.Cancelled, JobStage.Done, error), (snapshot.State, snapshot.Stage, snapshot.Error));
        Assert.True(snapshot.IsFinished);
        Assert.Equal(Sample.Noon, snapshot.FinishedAt);
    }

    [Fact]
    public void Of_AFinishedJob_ShowsWhatItMade()
    {
        RenderJobState state = Rendered(5, JobState.Completed);
        (state.VideoBlob, state.PosterBlob, state.PreviewBlob, state.FrameDifference) = ("video", "poster", "preview", 2.5);
        (state.Flow, state.Flicker) = (1.5, 0.25);

        JobSnapshot snapshot = View(state);

        Assert.Equal(
            ("video", "poster", "preview", 2.5), (snapshot.VideoBlob, snapshot.PosterBlob, snapshot.PreviewBlob, snapshot.FrameDifference));
        Assert.Equal((1.5, 0.25), (snapshot.Flow, snapshot.Flicker));
        Assert.Equal((42UL, 16, 8), (snapshot.Seed, snapshot.Width, snapshot.Height));
        Assert.True(snapshot.IsFinished);
    }

    [Fact]
    public void Of_AJobThatHasBegun_SaysWhichWeightsRenderIt()
    {
        RenderJobState state = Rendered(1);
        state.WeightsHash = "abc123";

        Assert.Equal("abc123", View(state).WeightsHash);
    }

    [Fact]
    public void Of_AWaitingJob_SaysItsPosition() =>
        Assert.Equal(
            3,
            JobView.Of(
                new RenderJobId("one"), Sample.State(JobState.Queued), new Dictionary<int, int>(),
                [], 3, new RateEstimate(), Sample.Noon).QueuePosition);

    private static RenderJobState Rendered(int chunks, JobState state = JobState.Running)
    {
        RenderJobState job = Sample.State(state);
        foreach (ChunkState chunk in job.Chunks.Take(chunks)) chunk.OutputBlob = "stored";
        return job;
    }

    private static JobSnapshot View(RenderJobState state, Dictionary<int, int>? done = null) =>
        JobView.Of(new RenderJobId("one"), state, done ?? [], [], null, new RateEstimate(), Sample.Noon);
}
