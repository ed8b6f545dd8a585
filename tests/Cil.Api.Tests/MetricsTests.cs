using Cil.Client.Http;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.TestKit.Models;

namespace Cil.Api.Tests;

/// <summary>
/// What Prometheus reads. Alone: the silos of a process share its instruments, and one that ends takes its numbers along.
/// </summary>
[Collection(nameof(MetricsTests))]
public sealed class MetricsTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly Uri Address = new("metrics", UriKind.Relative);

    [Fact]
    public async Task Metrics_AfterARender_TellItAndNameNoJob()
    {
        var client = new HttpCilClient(fixture.Http);
        var request = new RenderRequest { Model = TinyModel.Manifest.Name, Prompt = "a thing", Steps = 2 };
        JobSnapshot job = await client.SubmitAsync(request, PngWriter.Write(new byte[16 * 16 * 3], 16, 16));
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await foreach (JobSnapshot snapshot in client.WatchAsync(job.Id, timeout.Token)) job = snapshot;
        Assert.Equal(JobState.Completed, job.State);

        // The job is counted a moment after its end is seen, the queue tells of itself every few seconds, and answers are kept.
        string text;
        string[] lines;
        do
        {
            await Task.Delay(100, timeout.Token);
            text = await fixture.Http.GetStringAsync(Address, timeout.Token);
            lines = text.Split('\n');
        }
        while (!lines.Any(line => Is(line, "cil_job_duration_seconds_count", "state=\"completed\"", " 1 "))
            || !lines.Any(line => Is(line, "cil_jobs_waiting"))
            || !lines.Any(line => Is(line, "cil_step_duration_seconds_count", $"model=\"{request.Model}\"")));

        Assert.DoesNotContain(job.Id.Value, text, StringComparison.Ordinal);
    }

    private static bool Is(string line, string name, params string[] parts) =>
        line.StartsWith(name, StringComparison.Ordinal) && parts.All(part => $"{line} ".Contains(part, StringComparison.Ordinal));
}

[CollectionDefinition(nameof(MetricsTests), DisableParallelization = true)]
public sealed class MetricsCollection;
