using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Cil.Api.Identity;
using Cil.Grains.Chunks;
using Cil.Grains.Queue;
using Cil.Media.Clips;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.Storage;
using Cil.TestKit.Models;

namespace Cil.Hostile.Tests;

/// <summary>
/// A data folder with every kind of file that a service stores, as it was left in the middle of its work, and services over
/// copies of it.
/// </summary>
public sealed class StoredGrid : IAsyncLifetime, IDisposable
{
    internal const string Tenant = "studio";

    private const int Side = 32, Frames = 4;

    private readonly TinyModel model = new();
    private readonly string root = Directory.CreateTempSubdirectory("cil-stored-").FullName;
    private string key = "";
    private int copies;

    /// <summary>Jobs that nothing is done to.</summary>
    internal string Sound { get; private set; } = "";

    /// <summary>Finished, one of each face, the first with uploaded statistics.</summary>
    internal List<string> Finished { get; } = [];

    /// <summary>One whose latents are stored, and one whose frames are.</summary>
    internal List<string> Unfinished { get; } = [];

    internal string StatisticsId { get; private set; } = "";

    private string Data => Path.Combine(root, "data");

    private string Clips => Path.Combine(root, "clips");

    public async Task InitializeAsync()
    {
        await MakeClipsAsync();
        var keys = new ApiKeyStore(new FileBlobStore(Data), TimeProvider.System);
        key = (await keys.CreateAsync(Tenant, "sound", [Scope.Operator])).ToString();
        _ = await keys.CreateAsync(Tenant, "damaged", [Scope.Operator]);
        await using CilService service = await StartAsync(Data);
        using HttpClient http = Client(service);
        Sound = await SubmitAsync(http, [("steps", "1"), ("id", "sound")]);
        _ = await EndAsync(http, Sound);
        byte[] statistics = await MeasureAsync(http);
        Finished.Add(await SubmitAsync(http, [("steps", "1")], statistics));
        Finished.Add(await CreateVideoAsync(http));
        foreach (string job in Finished) Assert.Equal("completed", (await EndAsync(http, job)).GetProperty("state").GetString());
        _ = await http.PostAsync(new Uri("api/jobs/early/cancel", UriKind.Relative), null);
        _ = await http.PutAsJsonAsync(new Uri("api/tenants/other/quota", UriKind.Relative), new { waitingJobs = 7 });
        _ = await http.PostAsync(new Uri("api/queue/pause?tenant=other", UriKind.Relative), null);
        string latents = await SubmitAsync(http, [("steps", "60")]);
        await UntilAsync(http, latents, job => job.GetProperty("step").GetInt32() >= 2);
        _ = await http.PostAsync(new Uri($"api/jobs/{latents}/pause", UriKind.Relative), null);
        string frames = await SubmitAsync(http, [("steps", "1"), ("frames", "40")]);
        await UntilAsync(http, frames, job => job.GetProperty("framesDecoded").GetInt32() >= 2);
        _ = await http.PostAsync(new Uri($"api/jobs/{frames}/pause", UriKind.Relative), null);
        Unfinished.AddRange([latents, frames]);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>Another folder with the same files.</summary>
    internal string Copy()
    {
        string copy = Path.Combine(root, $"copy{copies++}");
        foreach (string file in Directory.GetFiles(Data, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(copy, Path.GetRelativePath(Data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }

        return copy;
    }

    internal Task<CilService> StartAsync(string folder)
    {
        var options = new ServiceOptions
        {
            Data = folder, Models = [model.Folder], Datasets = [Clips], Url = "http://127.0.0.1:0", Name = "stored", DrainSeconds = 0,
            Planning = new PlannerOptions { Threads = 1, StepsPerChunk = 1, FramesPerDecode = 1 },
            // There is one worker: nothing is gained by keeping a chunk for another.
            Queue = new QueueOptions { AvoidFor = TimeSpan.Zero },
        };
        // Nobody signs in; what cookies are sealed with is stored all the same.
        options.Identity.OpenIdConnect = new SignInOptions { Authority = "http://127.0.0.1:9", ClientId = "cil", RequireHttps = false };
        return CilService.StartAsync(options);
    }

    internal HttpClient Client(CilService service)
    {
        var http = new HttpClient { BaseAddress = new Uri(service.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    internal static async Task<string> SubmitAsync(HttpClient http, (string Name, string Value)[] fields, byte[]? statistics = null)
    {
        using MultipartFormDataContent form = Form(fields);
        form.Add(new ByteArrayContent(Picture), "image", "picture.png");
        if (statistics is not null) form.Add(new ByteArrayContent(statistics), "statistics", "statistics.safetensors");
        using HttpResponseMessage answer = await http.PostAsync(new Uri("api/jobs", UriKind.Relative), form);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("id").GetString()!;
    }

    internal static async Task<JsonElement> EndAsync(HttpClient http, string job)
    {
        JsonElement last = default;
        await UntilAsync(http, job, now => (last = now).GetProperty("state").GetString() is "completed" or "failed" or "cancelled");
        return last;
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private static byte[] Picture => PngWriter.Write(new byte[Side * Side * 3], Side, Side);

    private static MultipartFormDataContent Form(IEnumerable<(string Name, string Value)> fields)
    {
        var form = new MultipartFormDataContent { { new StringContent("a thing"), "prompt" } };
        foreach ((string name, string value) in fields) form.Add(new StringContent(value), name);
        return form;
    }

    private static async Task UntilAsync(HttpClient http, string job, Func<JsonElement, bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition(await http.GetFromJsonAsync<JsonElement>(new Uri($"api/jobs/{job}", UriKind.Relative), timeout.Token)))
            await Task.Delay(5, timeout.Token);
    }

    private static async Task<string> CreateVideoAsync(HttpClient http)
    {
        using MultipartFormDataContent form = Form([("num_inference_steps", "1")]);
        form.Add(new ByteArrayContent(Picture), "input_reference", "picture.png");
        using HttpResponseMessage answer = await http.PostAsync(new Uri("v1/videos", UriKind.Relative), form);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private async Task MakeClipsAsync()
    {
        Directory.CreateDirectory(Clips);
        var random = new Random(1);
        var entries = new List<ClipList.Entry>();
        for (int clip = 0; clip < 3; clip++)
        {
            byte[] rgb = new byte[Side * Side * 3 * Frames];
            random.NextBytes(rgb);
            entries.Add(new ClipList.Entry($"{clip}.mp4", "a clip"));
            await File.WriteAllBytesAsync(
                Path.Combine(Clips, entries[clip].File), await VideoEncoder.EncodeAsync(rgb, Side, Side, 8, "mp4"));
        }

        ClipList.Write(Clips, entries);
    }

    private async Task<byte[]> MeasureAsync(HttpClient http)
    {
        using HttpResponseMessage events = await http.PostAsJsonAsync(
            new Uri("api/statistics", UriKind.Relative), new { dataset = Path.GetFileName(Clips), model = "tiny" });
        string text = await events.Content.ReadAsStringAsync();
        string last = text.Split('\n').Last(line => line.StartsWith("data: {", StringComparison.Ordinal))["data: ".Length..];
        StatisticsId = JsonDocument.Parse(last).RootElement.GetProperty("id").GetString()!;
        return await http.GetByteArrayAsync(new Uri($"api/statistics/{StatisticsId}", UriKind.Relative));
    }
}
