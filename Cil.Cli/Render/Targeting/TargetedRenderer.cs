using System.Diagnostics;
using System.Globalization;
using Cil.Cli.Options;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Render.Targeting;

/// <summary>
/// `cil render --target-motion`: videos of one seed with different values of one control, each an ordinary job, until one has the motion
/// that was asked for. The nearest is written.
/// </summary>
internal sealed class TargetedRenderer(
    ICilClient client, RenderOptions options, MotionTarget target, MotionControl control, byte[] image, byte[]? statistics,
    RenderProgress progress)
{
    private readonly List<(int Value, JobSnapshot Job)> done = [];

    // All tries have one deadline.
    private RenderRequest request = null!;
    private string name = "";

    /// <param name="model">Its name, as requests say it.</param>
    /// <param name="resumed">Begins the ids of the tries, so that a search that was killed goes on; null for a new search.</param>
    /// <param name="note">What is to be known of how a video of these options is sampled; null for nothing.</param>
    /// <returns>The exit code: done also where no try met the target, which a warning says.</returns>
    /// <exception cref="CommandFailedException">A try failed; the nearest of those before it is written.</exception>
    internal async Task<int> RenderAsync(
        string model, string? resumed, OutputFiles outputs, Stopwatch clock, Func<RenderOptions, string?> note,
        CancellationToken cancellationToken)
    {
        request = options.ToRequest(model);
        MotionSearch search = resumed is null ? Begin(RenderJobId.New().Value) : await ResumeAsync(resumed, cancellationToken);
        string? failure = null;
        while (failure is null && search.Next() is { } value)
        {
            if (done.Count > 0 && request.Deadline <= DateTimeOffset.UtcNow) break;
            try
            {
                JobSnapshot job = await RenderAsync(value, cancellationToken);
                search.Add(value, job.Flow ?? throw new CommandFailedException("the motion of the video was not measured"));
                Keep(value, job);
            }
            catch (CommandFailedException error) when (done.Count > 0)
            {
                failure = string.Create(CultureInfo.InvariantCulture, $"try {done.Count + 1}, {control.Spelt(value)}: {error.Message}");
            }
        }

        (int best, double motion) = search.Best;
        JobSnapshot end = done.Single(one => one.Value == best).Job;
        await outputs.Files[0].WriteAsync(await client.DownloadAsync(end.VideoBlob!, cancellationToken), cancellationToken);
        progress.Dispose();
        string outcome = string.Create(
            CultureInfo.InvariantCulture,
            $"{control.Spelt(best)}, target {target.Motion} {(search.IsMet ? "met" : "not met")}, tries {done.Count}");
        ResultLine.Print(
            options.OutputPath, end, clock.Elapsed, isWritten: true,
            note(control.Set(options, best)) is { } also ? $"{outcome}, {also}" : outcome);
        if (failure is not null)
            throw new CommandFailedException($"{failure}; {options.OutputPath} is the nearest of the {done.Count} videos before it");
        if (!search.IsMet) await WarnAsync(search, motion);
        return ExitCode.Done;
    }

    private RenderJobId NextId => new(string.Create(CultureInfo.InvariantCulture, $"{name}-try-{done.Count + 1}"));

    private MotionSearch Begin(string prefix)
    {
        name = prefix;
        done.Clear();
        return new MotionSearch(target, control.Range);
    }

    // The first of name, name-2, name-3, … that is not over: a search whose tries are all there is done with, as a finished job is, and
    // so is one of which a try failed or was cancelled. The tries say again what to try next.
    private async Task<MotionSearch> ResumeAsync(string prefix, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            MotionSearch search = Begin(attempt == 1 ? prefix : string.Create(CultureInfo.InvariantCulture, $"{prefix}-{attempt}"));
            while (search.Next() is { } value)
            {
                JobSnapshot? job = await client.GetAsync(NextId, cancellationToken);
                if (job is not { IsFinished: true })
                {
                    foreach ((int tried, JobSnapshot kept) in done) Tell(tried, kept);
                    return search;
                }

                if (job.Flow is not { } flow || !HasTheirWeights(job)) break;
                search.Add(value, flow);
                done.Add((value, job));
            }
        }
    }

    private async Task<JobSnapshot> RenderAsync(int value, CancellationToken cancellationToken)
    {
        progress.Begin(string.Create(
            CultureInfo.InvariantCulture, $"try {done.Count + 1} of at most {target.Tries}, {control.Spelt(value)}"));
        // The seed that the first was given.
        RenderRequest one = control.Set(options, value).ToRequest(request.Model) with
        {
            Deadline = request.Deadline,
            Seed = done.Count > 0 ? done[0].Job.Seed : request.Seed,
        };
        JobSnapshot end = await Renderer.FollowAsync(client, NextId, one, image, statistics, progress, options, cancellationToken);
        if (end.Error is { } error) throw Renderer.Failure(error, options);
        return HasTheirWeights(end)
            ? end
            : throw new CommandFailedException("it was rendered with other weights than the tries before it: the model was replaced");
    }

    // As the tries before it.
    private bool HasTheirWeights(JobSnapshot job) => done.Count == 0 || done[0].Job.WeightsHash == job.WeightsHash;

    private void Keep(int value, JobSnapshot job)
    {
        done.Add((value, job));
        Tell(value, job);
    }

    private void Tell(int value, JobSnapshot job) => progress.Say(
        string.Create(CultureInfo.InvariantCulture, $"{control.Spelt(value)}: motion {job.Flow:F2} pixels a frame"));

    private async Task WarnAsync(MotionSearch search, double motion)
    {
        (double least, double most) = search.Reach;
        string advice = search.IsFlat
            ? $"{control.Name} changes it little; another --target-control or another prompt may change more"
            : "more --tries, another --target-control or another prompt may come nearer";
        await Console.Error.WriteLineAsync(PrintableText.Of(string.Create(
            CultureInfo.InvariantCulture,
            $"warning: --target-motion {target.Motion} is not met: {options.OutputPath} has {motion:F2}, the nearest of {done.Count} tries "
                + $"from {least:F2} to {most:F2}; {advice}")));
    }
}
