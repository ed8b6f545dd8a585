using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Cil.Client.Http;
using Cil.Client.Jobs;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;
using Cil.TestKit.Models;
using Cil.Training.Datasets;

namespace Cil.Cli.Tests.Serve;

/// <summary>What a service does about sizes that there is no memory for, under real limits of the system.</summary>
public sealed class MemoryTests : IDisposable
{
    private const string Greeting = "serving at ";
    private const long Gibibyte = 1L << 30;
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(3);

    private readonly string folder = Directory.CreateTempSubdirectory("cil-memory-").FullName;

    // The variables are those that the script cil sets where address space is limited.
    [Theory]
    [InlineData("--data=3221225472")]
    [InlineData("--as=3221225472:3221225472", "env", "MALLOC_ARENA_MAX=2", "DOTNET_GCRegionRange=0x30000000")]
    public async Task Submit_OfASizeThatNeedsMoreThanThereIs_IsRefusedWithWhatIsPossibleAndTheServiceLives(params string[] limit)
    {
        using Process service = Start("prlimit", limit, "cil-tiny");
        HttpCilClient client = await ClientAsync(service);

        RequestRefusedException refused = await Assert.ThrowsAsync<RequestRefusedException>(
            () => client.SubmitAsync(Request("cil-tiny", 1024), Picture));

        RequestError fault = Assert.Single(refused.Faults);
        Assert.Equal("width", fault.Field);
        Assert.Matches(
            @"takes about 9\.\d GiB of device memory; the largest worker has [12]\.\d GiB; possible: \d+x\d+ with 16 frames",
            fault.Message);
        Assert.Equal(JobState.Completed, (await EndAsync(client, Request("cil-tiny", 64))).State);
        await KillAsync(service);
    }

    [Fact]
    public async Task Job_ThatTakesMoreThanWasThought_EndsForWantOfMemoryAndTheServiceLives()
    {
        using Process service = Start("nice", [], "cil-tiny");
        HttpCilClient client = await ClientAsync(service);
        // Less than it was started with: its estimate is of no use now.
        long reserved = Status(service, "VmData:");
        using (Process limit = Process.Start("prlimit", [$"--pid={service.Id}", $"--data={reserved + Gibibyte}"]))
            await limit.WaitForExitAsync();

        JobSnapshot end = await EndAsync(client, Request("cil-tiny", 1024));

        Assert.Equal(JobError.OutOfMemory, end.Error?.Code);
        Assert.StartsWith("1024x1024, 16 frames: more memory than the device has", end.Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", end.Error.Message, StringComparison.Ordinal);
        Assert.Equal(JobState.Completed, (await EndAsync(client, Request("cil-tiny", 64))).State);
        await KillAsync(service);
    }

    [Fact]
    public async Task Estimate_IsAboveWhatIsMeasured_AndNotByMuch()
    {
        using TinyModel crafter = new(TinyModel.VideoCrafter1), dynami = new();
        using var svd = new TinySvd();
        string tiny = ModelFolderOf("cil-tiny");
        (string Folder, string Name, int Frames, int Decode, int Width)[] cases =
        [
            (tiny, "cil-tiny", 16, 4, 64), (tiny, "cil-tiny", 16, 4, 256),
            (tiny, "cil-tiny", 4, 4, 384), (dynami.Folder, "tiny", 4, 4, 128),
            (crafter.Folder, TinyModel.VideoCrafter1.Name, 4, 4, 128), (svd.Folder, TinySvd.Name, 4, 3, 96),
        ];
        foreach (string folders in cases.Select(one => one.Folder).Distinct())
        {
            // A process of its own: what one model leaves is not another's.
            using Process service = Start("nice", [], folders);
            HttpCilClient client = await ClientAsync(service);
            foreach ((string Folder, string Name, int Frames, int Decode, int Width) one in cases.Where(one => one.Folder == folders))
            {
                JobSnapshot end = await EndAsync(client, Request(one.Name, one.Width) with { Frames = one.Frames });
                Assert.True(end.State == JobState.Completed, $"{end.Error}");
                long estimate = ModelFolder.Read(one.Folder)
                    .PeakBytes(
                        new RenderSize(one.Frames, one.Width, one.Width, one.Decode, IsBFloat16: false, BatchGuidance: false), one.Folder);
                long measured = await MeasuredAsync($"{one.Name} {one.Width}x{one.Width}");
                Assert.True(
                    measured <= estimate && estimate <= 2.2 * measured,
                    $"{one.Name} {one.Width}: estimate {estimate >> 20} MiB, measured {measured >> 20}");
            }

            await KillAsync(service);
            Directory.Delete(Path.Combine(folder, "data"), recursive: true);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static byte[] Picture { get; } = PngWriter.Write(new byte[16 * 16 * 3], 16, 16);

    private static RenderRequest Request(string model, int side) =>
        new() { Model = model, Prompt = "a thing", Width = side, Height = side, Steps = 1, Seed = 5 };

    private static string ModelFolderOf(string name)
    {
        string root = AppContext.BaseDirectory;
        while (!Directory.Exists(Path.Combine(root, "models", name))) root = Path.GetDirectoryName(root)!;
        return Path.Combine(root, "models", name);
    }

    private static async Task<JobSnapshot> EndAsync(HttpCilClient client, RenderRequest request)
    {
        JobSnapshot? end = null;
        await foreach (JobSnapshot snapshot in client.WatchAsync(
            (await client.SubmitAsync(request, Picture)).Id, new CancellationTokenSource(TimeLimit).Token))
        {
            end = snapshot;
        }

        return end!;
    }

    private static async Task<HttpCilClient> ClientAsync(Process service)
    {
        _ = service.StandardError.ReadToEndAsync();
        string line = await service.StandardOutput.ReadLineAsync(new CancellationTokenSource(TimeLimit).Token) ?? "nothing";
        Assert.StartsWith(Greeting, line, StringComparison.Ordinal);
        var http = new HttpClient { BaseAddress = new Uri(line[Greeting.Length..]) };
        // The queue knows a worker's memory when that has asked for work.
        using var limit = new CancellationTokenSource(TimeLimit);
        while ((await http.GetStringAsync(new Uri("api/queue", UriKind.Relative), limit.Token))
            .Contains("\"workers\":[]", StringComparison.Ordinal))
        {
            await Task.Delay(50, limit.Token);
        }

        return new HttpCilClient(http);
    }

    private static async Task KillAsync(Process service)
    {
        service.Kill(entireProcessTree: true);
        await service.WaitForExitAsync();
    }

    private static long Status(Process process, string name) =>
        long.Parse(
            File.ReadLines($"/proc/{process.Id}/status")
                .First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..]
                .Replace("kB", "", StringComparison.Ordinal),
            CultureInfo.InvariantCulture) * 1024;

    // What the queue has stored for work of that kind, once its job is done.
    private async Task<long> MeasuredAsync(string kind)
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        while (true)
        {
            string file = Path.Combine(folder, "data", "state", "queue", "0.json");
            if (File.Exists(file))
            {
                using JsonDocument state = JsonDocument.Parse(await File.ReadAllBytesAsync(file, limit.Token));
                foreach (JsonProperty peak in state.RootElement.GetProperty("MemoryPeaks").EnumerateObject())
                    if (peak.Name.StartsWith(kind, StringComparison.Ordinal)) return peak.Value.GetInt64();
            }

            await Task.Delay(50, limit.Token);
        }
    }

    private Process Start(string tool, string[] arguments, string model)
    {
        var start = new ProcessStartInfo(
            tool,
            [
                .. arguments, "dotnet", Path.Combine(AppContext.BaseDirectory, "cil.dll"), "serve", "--data", Path.Combine(folder, "data"),
                "--models", model == "cil-tiny" ? ModelFolderOf(model) : model,
                "--name", "one", "--threads", "1", "--url", "http://127.0.0.1:0",
            ])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
