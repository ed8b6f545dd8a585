using System.Net;
using Cil.Client.Http;
using Cil.Client.Jobs;
using Cil.Interfaces.Jobs;

namespace Cil.Benchmarks.Load;

/// <summary>
/// One client: submits a job, asks for its status every second and follows its events at the same time, fetches the video or cancels a
/// job that still waits after half a minute, deletes it, and begins again.
/// </summary>
internal sealed class LoadClient(HttpClient http, RenderRequest request, byte[] picture, int number, LoadTally tally)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromSeconds(30);
    private readonly HttpCilClient client = new(http);
    private readonly Random random = new(number);

    internal async Task RunAsync(CancellationToken end)
    {
        await Task.Delay(Poll * (random.NextDouble() * 10), CancellationToken.None);
        for (ulong job = 0; !end.IsCancellationRequested; job++)
        {
            try
            {
                await OnceAsync(request with { Seed = ((ulong)number << 20) + job });
            }
            catch (QueueFullException refused)
            {
                tally.Count("times 429");
                await Task.Delay(refused.RetryAfter, CancellationToken.None);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                tally.AddError(error);
                await Task.Delay(Poll, CancellationToken.None);
            }
        }
    }

    private async Task OnceAsync(RenderRequest asked)
    {
        JobSnapshot job = await client.SubmitAsync(asked, picture);
        tally.Count("jobs submitted");
        using var over = new CancellationTokenSource();
        Task polling = PollAsync(job, over.Token);
        using var late = new CancellationTokenSource(Longest + (Poll * (10 * random.NextDouble())));
        // One that is being rendered goes on to its end.
        await using CancellationTokenRegistration cancel = late.Token.Register(() =>
        {
            if (job.State == JobState.Queued) _ = CancelAsync(job);
        });
        await foreach (JobSnapshot snapshot in client.WatchAsync(job.Id, CancellationToken.None))
        {
            tally.Count("events");
            job = snapshot;
        }

        await over.CancelAsync();
        await polling;
        if (job.State == JobState.Failed || !job.IsFinished)
            throw new InvalidOperationException($"the job ended as {job.State}: {job.Error}");
        if (job.State == JobState.Completed)
        {
            byte[] video = await client.DownloadAsync(job.VideoBlob!);
            if (video.Length == 0) throw new InvalidOperationException("the video is empty");
            tally.Count("videos");
        }
        else tally.Count("jobs cancelled");

        if (!await client.DeleteAsync(job.Id)) throw new InvalidOperationException("the job was not there to be deleted");
    }

    private async Task CancelAsync(JobSnapshot job)
    {
        try
        {
            await client.CancelAsync(job.Id);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            tally.AddError(error);
        }
    }

    private async Task PollAsync(JobSnapshot job, CancellationToken end)
    {
        var status = new Uri($"api/jobs/{job.Id}", UriKind.Relative);
        while (!end.IsCancellationRequested)
        {
            try
            {
                using HttpResponseMessage answer = await tally.TimeAsync(http, status, CancellationToken.None);
                if (answer.StatusCode == HttpStatusCode.TooManyRequests) tally.Count("times 429");
                else if (!answer.IsSuccessStatusCode) throw new InvalidOperationException($"a status request: {answer.StatusCode}");
                await Task.Delay(Poll * (0.5 + random.NextDouble()), end);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                tally.AddError(error);
            }
        }
    }
}
