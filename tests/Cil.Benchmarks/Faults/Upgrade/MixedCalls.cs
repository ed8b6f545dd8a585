using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Cil.Benchmarks.Faults.Upgrade;

/// <summary>Calls other than those that follow jobs, at the coordinators of both versions while both are there.</summary>
internal sealed class MixedCalls : IDisposable
{
    private const string Settings =
        """{"name":"upgrade","url":"https://hooks.example.org/cil","event_types":["video.completed"]}""";

    private static readonly string[] Read =
        ["api/jobs?limit=5", "api/batches", "api/queue", "api/workers", "v1/videos", "v1/webhook_endpoints"];

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(15) };
    private readonly ConcurrentDictionary<string, int> bad = new(StringComparer.Ordinal);
    private int asked;

    /// <summary>Asks all of one coordinator.</summary>
    internal async Task AskAsync(SiloProcess coordinator, string version)
    {
        foreach (string path in Read)
            _ = await SendAsync(version, coordinator, () => new HttpRequestMessage(HttpMethod.Get, new Uri(coordinator.Url, path)));
        string? made = await SendAsync(version, coordinator, () => new HttpRequestMessage(
            HttpMethod.Post, new Uri(coordinator.Url, "v1/webhook_endpoints"))
        {
            Content = new StringContent(Settings, Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        });
        if (made is null) return;
        string id = JsonDocument.Parse(made).RootElement.GetProperty("id").GetString()!;
        _ = await SendAsync(version, coordinator, () => new HttpRequestMessage(
            HttpMethod.Delete, new Uri(coordinator.Url, $"v1/webhook_endpoints/{id}")));
    }

    internal void Print()
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {asked} other calls while both versions were there, {bad.Values.Sum()} not answered or with an error of the service"));
        foreach ((string what, int times) in bad.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            Console.WriteLine($"    {what}: {times}");
    }

    public void Dispose() => http.Dispose();

    // The answer of a call that was taken; null of any other.
    private async Task<string?> SendAsync(string version, SiloProcess coordinator, Func<HttpRequestMessage> request)
    {
        if (!coordinator.IsAlive) return null;
        using HttpRequestMessage message = request();
        string what = $"{message.Method} {string.Concat(message.RequestUri!.Segments.Take(3))}";
        asked++;
        try
        {
            using HttpResponseMessage answer = await http.SendAsync(message);
            string content = await answer.Content.ReadAsStringAsync();
            if ((int)answer.StatusCode >= 500) Note($"{what} at {version}: {(int)answer.StatusCode} {content}");
            return answer.IsSuccessStatusCode ? content : null;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            Note($"{what} at {version}: {error.GetType().Name}");
            return null;
        }
    }

    private void Note(string what) => bad.AddOrUpdate(what, 1, (_, times) => times + 1);
}
