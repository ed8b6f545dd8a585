using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;

namespace Cil.Hostile.Tests.Http;

/// <summary>
/// A service without devices in this process, and what must hold of each of its answers: no failure of the service itself, a
/// problem in words where it refuses, nothing of its insides, and nothing stored of what was refused.
/// </summary>
internal sealed class HostileService : IAsyncDisposable
{
    // Written some seconds later by tenants' accounts, whose jobs were accepted and deleted; and files that are never more than so many.
    private const string Accounts = "state/tenant/", Locks = ".locks/";

    // One that nobody waits for any more may still be on its way.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(20);

    private readonly TinyModel model = new();
    private readonly string data = Directory.CreateTempSubdirectory("cil-hostile-data-").FullName;
    private readonly string[] insides;
    private CilService service = null!;
    private HashSet<string> stored = [];

    private HostileService() =>
        insides = [data, model.Folder, "Exception", "   at ", ".cs:line", "StackTrace", "Orleans", "System.", "Cil.", "NetVips", "ffmpeg"];

    internal HttpClient Http { get; private set; } = null!;

    internal Uri Address => new(service.Url);

    internal static async Task<HostileService> StartAsync()
    {
        var started = new HostileService();
        started.service = await CilService.StartAsync(new ServiceOptions
        {
            Data = started.data, Models = [started.model.Folder], Url = "http://127.0.0.1:0",
            Name = "hostile", UploadMebibytes = 1, Devices = 0, DrainSeconds = 0,
        });
        started.Http = new HttpClient { BaseAddress = started.Address, Timeout = TimeSpan.FromSeconds(30) };
        // The queue's settings are stored from here on, whoever changes them.
        foreach (string change in (string[])["pause", "unpause"])
        {
            using HttpResponseMessage done = await started.Http.PostAsync(new Uri($"api/queue/{change}", UriKind.Relative), null);
            Assert.Equal(HttpStatusCode.NoContent, done.StatusCode);
        }

        started.stored = started.Stored();
        return started;
    }

    /// <summary>Sends a body as it is, and looks at the answer.</summary>
    internal async Task<string> SendAsync(HttpMethod method, string path, string contentType, byte[] body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        Assert.True(request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType));
        using HttpResponseMessage answer = await Http.SendAsync(request);
        byte[] text = await answer.Content.ReadAsByteArrayAsync();
        int status = (int)answer.StatusCode;
        Require(status, text);
        if (status >= (int)HttpStatusCode.BadRequest)
            Assert.Contains("json", answer.Content.Headers.ContentType?.MediaType ?? "", StringComparison.Ordinal);
        await RequireNothingStoredAsync(status, text);
        return $"{status} {Code(text)}".TrimEnd();
    }

    /// <summary>What must hold of any answer.</summary>
    internal void Require(int status, byte[] body)
    {
        string text = Encoding.UTF8.GetString(body);
        Assert.True(status < (int)HttpStatusCode.InternalServerError, $"{status}: {text}");
        Assert.True(status < (int)HttpStatusCode.BadRequest || text.Length > 0, $"{status} without a body");
        foreach (string inside in insides)
            Assert.False(text.Contains(inside, StringComparison.Ordinal), $"{status} tells of '{inside}': {text}");
    }

    /// <summary>Of what was refused nothing may be stored; what was accepted is deleted, and nothing may be left of it either.</summary>
    internal async Task RequireNothingStoredAsync(int status, byte[] body)
    {
        if (status < (int)HttpStatusCode.BadRequest && Id(body) is { } job) await DeleteAsync(job);
        var limit = Stopwatch.StartNew();
        // Accounts of tenants are written meanwhile, through a file beside their place.
        while (!Stored().IsSubsetOf(stored))
        {
            Assert.True(limit.Elapsed < TimeLimit, $"{status} has stored {string.Join(", ", Stored().Except(stored))}");
            await Task.Yield();
        }
    }

    /// <summary>
    /// The same of requests whose sender may have gone before they were answered: what they submitted is a job like any
    /// other, and is deleted; beside jobs nothing may be left.
    /// </summary>
    internal async Task RequireOnlyJobsStoredAsync()
    {
        var limit = Stopwatch.StartNew();
        while (!Stored().IsSubsetOf(stored))
        {
            JsonElement page = await Http.GetFromJsonAsync<JsonElement>(new Uri("api/jobs?limit=1000", UriKind.Relative));
            foreach (JsonElement job in page.GetProperty("jobs").EnumerateArray()) await DeleteAsync(job.GetProperty("id").GetString()!);
            Assert.True(limit.Elapsed < TimeLimit, $"stored, and of no job: {string.Join(", ", Stored().Except(stored))}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await service.DisposeAsync();
        model.Dispose();
        Directory.Delete(data, recursive: true);
    }

    private async Task DeleteAsync(string job)
    {
        using HttpResponseMessage deleted = await Http.DeleteAsync(new Uri($"api/jobs/{job}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    private HashSet<string> Stored() =>
        [.. Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(data, file))
            .Where(file => !file.StartsWith(Accounts, StringComparison.Ordinal) && !file.StartsWith(Locks, StringComparison.Ordinal))];

    // Of a job or a video; null where the answer is none.
    private static string? Id(byte[] body) =>
        Read(body) is { ValueKind: JsonValueKind.Object } answer
            && answer.TryGetProperty("id", out JsonElement id)
            && (answer.TryGetProperty("state", out _) || answer.TryGetProperty("status", out _))
            ? id.GetString()
            : null;

    private static string Code(byte[] body) => Read(body) is { ValueKind: JsonValueKind.Object } answer
        ? (answer.TryGetProperty("code", out JsonElement code)
            || (answer.TryGetProperty("error", out JsonElement error)
                && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("code", out code))
            ? code.GetString() ?? ""
        : "")
        : "";

    private static JsonElement? Read(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
