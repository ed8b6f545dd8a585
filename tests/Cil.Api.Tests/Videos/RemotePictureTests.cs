using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Cil.TestKit.Http;
using Microsoft.AspNetCore.Http;

namespace Cil.Api.Tests.Videos;

/// <summary>Pictures that a request gives the address of, from a real HTTPS server.</summary>
public sealed class RemotePictureTests(VideosFixture fixture) : IClassFixture<VideosFixture>, IAsyncLifetime, IDisposable
{
    private const string Field = "input_reference[image_url]";

    private readonly HttpClient http = new();
    private HttpsReceiver server = null!;

    public async Task InitializeAsync()
    {
        http.BaseAddress = new Uri($"{fixture.BaseUrl}/");
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", fixture.Key);
        server = await HttpsReceiver.StartAsync(fixture.Certificate);
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    public void Dispose() => http.Dispose();

    [Fact]
    public async Task Picture_AtAnAddress_IsFetched_AndTheVideoIsMadeOfIt()
    {
        byte[] picture = await File.ReadAllBytesAsync(fixture.Picture);
        server.Answer(answer => answer.Response.Body.WriteAsync(picture).AsTask());

        JsonElement video = await ReadAsync(await CreateAsync($"{server.Url}/picture.png"), HttpStatusCode.OK);

        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        Assert.Equal("GET", (await server.NextAsync(timeout.Token)).Method);
        string id = video.GetProperty("id").GetString()!, status;
        do
        {
            await Task.Delay(50, timeout.Token); // no more often than a caller may ask
            status = (await http.GetFromJsonAsync<JsonElement>($"videos/{id}", timeout.Token)).GetProperty("status").GetString()!;
        }
        while (status is "queued" or "in_progress");
        Assert.Equal("completed", status);
    }

    [Fact]
    public async Task Address_ThatIsNotToBeFetched_IsRefusedByItsField()
    {
        foreach ((string url, string reason) in new[]
        {
            ("https://169.254.169.254/latest/meta-data", "'169.254.169.254' is not a public address"),
            ("http://example.org/picture.png", "expected an address that begins with https://, got 'http://'"),
            ("file:///etc/passwd", "expected an address that begins with https://, got 'file:///etc/passwd'"),
            ("https://no-such-host.invalid/", "'no-such-host.invalid' has no public address"),
        })
            await RefusedAsync(url, reason);
        Assert.False(server.HasMore);
    }

    [Fact]
    public async Task Answer_ThatIsNoPictureOfASizeThatMayBe_IsRefusedByItsField()
    {
        server.Answer(StatusCodes.Status302Found, ("Location", "https://169.254.169.254/"));
        await RefusedAsync($"{server.Url}/", "expected status 200, got 302; redirects are not followed");
        server.Answer(StatusCodes.Status404NotFound);
        await RefusedAsync($"{server.Url}/", "expected status 200, got 404");
        server.Answer(StatusCodes.Status200OK);
        await RefusedAsync($"{server.Url}/", "there is nothing at the address");
        server.Answer(answer =>
        {
            answer.Response.ContentLength = 2 << 20;
            return answer.Response.Body.WriteAsync(new byte[2 << 20]).AsTask();
        });
        await RefusedAsync($"{server.Url}/", "what is there has more than 1048576 bytes");
        server.Answer(async answer =>
        {
            while (!answer.RequestAborted.IsCancellationRequested)
                await answer.Response.Body.WriteAsync(new byte[1 << 16], answer.RequestAborted);
        });
        await RefusedAsync($"{server.Url}/", "what is there has more than 1048576 bytes");
        var never = new TaskCompletionSource();
        server.Answer(_ => never.Task);
        await RefusedAsync($"{server.Url}/", "no answer within 3 s");
        never.SetResult();
        server.Answer(answer => answer.Response.WriteAsync("#EXTM3U\n"));
        JsonElement error = (await ReadAsync(await CreateAsync($"{server.Url}/"), HttpStatusCode.BadRequest)).GetProperty("error");
        Assert.Equal("input_reference", error.GetProperty("param").GetString());
        Assert.EndsWith("got an HLS playlist", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task RefusedAsync(string url, string reason)
    {
        JsonElement error = (await ReadAsync(await CreateAsync(url), HttpStatusCode.BadRequest)).GetProperty("error");
        Assert.Equal((Field, $"{Field}: {reason}"), (error.GetProperty("param").GetString(), error.GetProperty("message").GetString()));
    }

    private Task<HttpResponseMessage> CreateAsync(string url) =>
        http.PostAsJsonAsync(
            "videos", new { prompt = "it moves", num_frames = 2, num_inference_steps = 1, input_reference = new { image_url = url } });

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        using (answer)
        {
            Assert.Equal(status, answer.StatusCode);
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }
    }
}
