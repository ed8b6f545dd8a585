using Cil.Client.Http;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.TestKit.Models;

namespace Cil.Api.Tests;

/// <summary>What Prometheus reads.</summary>
public sealed class MetricsTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private static readonly Uri Address = new("metrics", UriKind.Relative);

    [Fact]
    public async Task Metrics_AfterARender_TellItAndNameNoJob()
    {
        var client = new HttpCilClient(fixture.Http);
        var request = new RenderRequest { Model = TinyModel.Manifest.Name, Prompt = "a thing", Steps = 2 };
        JobSnapshot job = await client.SubmitAsync(request, PngWriter.Write(new byte[16 * 16 * 3], 16, 16));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await foreach (JobSnapshot snapshot in client.WatchAsync(job.Id, patience.Token)) job = snapshot;
        Assert.Equal(JobState.Completed, job.State);

        // The job is counted a moment after its end is seen, and an answer is kept for a moment.
        string text;
        do text = await fixture.Http.GetStringAsync(Address, patience.Token);
        while (!text.Split('\n').Any(line => Is(line, "cil_job_duration_seconds_count", "state=\"completed\"", " 1 ")));
        string[] lines = text.Split('\n');

        Assert.Contains(lines, line => Is(line, "cil_step_duration_seconds_count", $"model=\"{request.Model}\""));
        Assert.Contains(lines, line => Is(line, "cil_jobs_waiting"));
        Assert.DoesNotContain(job.Id.Value, text, StringComparison.Ordinal);
    }

    private static bool Is(string line, string name, params string[] parts) =>
        line.StartsWith(name, StringComparison.Ordinal) && parts.All(part => $"{line} ".Contains(part, StringComparison.Ordinal));
}
