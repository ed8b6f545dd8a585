using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.Json;
using OpenAI.Videos;

#pragma warning disable OPENAI001 // The package marks the whole client as one that may change.

namespace Cil.Api.Tests.Videos;

/// <summary>The Videos API through `OpenAI` for .NET.</summary>
public sealed class DotNetClientTests(VideosFixture fixture) : IClassFixture<VideosFixture>
{
    [Fact]
    public async Task Client_MakesRemixesListsAndDeletesVideos()
    {
        VideoClient client = Client(fixture.Key);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("it moves"), "prompt" }, { new StringContent("64x64"), "size" },
            { new StringContent("2"), "num_inference_steps" }, { new StringContent("4"), "num_frames" },
            { new ByteArrayContent(await File.ReadAllBytesAsync(fixture.Picture)), "input_reference", "picture.png" },
        };

        JsonElement created = Read(
            await client.CreateVideoAsync(BinaryContent.Create(await form.ReadAsStreamAsync()), form.Headers.ContentType!.ToString()));
        string id = created.GetProperty("id").GetString()!;
        JsonElement video = await EndAsync(client, id);
        ClientResult content = await client.DownloadVideoAsync(id);
        JsonElement remix = Read(
            await client.CreateVideoRemixAsync(
                id, BinaryContent.Create(BinaryData.FromString("""{"prompt":"it moves back"}""")), "application/json"));
        JsonElement again = await EndAsync(client, remix.GetProperty("id").GetString()!);
        var listed = new List<string>();
        await foreach (ClientResult page in client.GetVideosAsync(
            limit: 10, order: "asc", after: null, new RequestOptions()).GetRawPagesAsync())
        {
            listed.AddRange(Read(page).GetProperty("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()!));
        }

        Assert.Equal("completed", video.GetProperty("status").GetString());
        Assert.Equal("ftyp"u8.ToArray(), content.GetRawResponse().Content.ToArray()[4..8]);
        Assert.Equal(("completed", id), (again.GetProperty("status").GetString(), again.GetProperty("remixed_from_video_id").GetString()));
        Assert.Equal([id, again.GetProperty("id").GetString()!], listed);
        ClientResultException foreign = await Assert.ThrowsAsync<ClientResultException>(() => Client(fixture.OtherKey).GetVideoAsync(id));
        Assert.Equal(404, foreign.Status);
        Assert.Contains("\"code\":\"not_found\"", foreign.GetRawResponse()!.Content.ToString(), StringComparison.Ordinal);
        Assert.True(Read(await client.DeleteVideoAsync(id)).GetProperty("deleted").GetBoolean());
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => client.GetVideoAsync(id))).Status);
    }

    [Fact]
    public async Task Client_WithAWrongKey_IsToldSoAtOnce() =>
        Assert.Equal(401, (await Assert.ThrowsAsync<ClientResultException>(() => Client("cil_wrong").GetVideoAsync("video_1"))).Status);

    [Fact]
    public async Task Client_WhoseAnswerIsLost_SendsAgainUnderItsKey_AndThereIsOneVideo()
    {
        using var unlucky = new HttpClient(new LosingHandler());
        var client = new VideoClient(
            new ApiKeyCredential(fixture.OtherKey),
            new VideoClientOptions { Endpoint = new Uri(fixture.BaseUrl), Transport = new HttpClientPipelineTransport(unlucky) });
        using var form = new MultipartFormDataContent
        {
            { new StringContent("once only"), "prompt" }, { new StringContent("1"), "num_inference_steps" },
            { new StringContent("2"), "num_frames" },
            { new ByteArrayContent(await File.ReadAllBytesAsync(fixture.Picture)), "input_reference", "picture.png" },
        };
        var options = new RequestOptions();
        options.AddHeader("Idempotency-Key", "once");

        string id = Read(await client.CreateVideoAsync(
            BinaryContent.Create(BinaryData.FromBytes(await form.ReadAsByteArrayAsync())),
            form.Headers.ContentType!.ToString(), options)).GetProperty("id").GetString()!;

        var listed = new List<string?>();
        await foreach (ClientResult page in Client(fixture.OtherKey)
            .GetVideosAsync(limit: 10, order: "asc", after: null, new RequestOptions()).GetRawPagesAsync())
        {
            listed.AddRange(Read(page).GetProperty("data").EnumerateArray().Select(one => one.GetProperty("id").GetString()));
        }

        Assert.Equal([id], listed);
    }

    private VideoClient Client(string key) =>
        new(new ApiKeyCredential(key), new VideoClientOptions { Endpoint = new Uri(fixture.BaseUrl) });

    private static JsonElement Read(ClientResult result) => JsonDocument.Parse(result.GetRawResponse().Content).RootElement;

    private static async Task<JsonElement> EndAsync(VideoClient client, string id)
    {
        while (true)
        {
            ClientResult result = await client.GetVideoAsync(id);
            JsonElement video = Read(result);
            if (video.GetProperty("status").GetString() is "completed" or "failed") return video;
            Assert.True(result.GetRawResponse().Headers.TryGetValue("openai-poll-after-ms", out string? wait));
            await Task.Delay(Math.Min(200, int.Parse(wait!, CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Loses the answer to the first request, which the service has had.</summary>
    private sealed class LosingHandler() : DelegatingHandler(new HttpClientHandler())
    {
        private int requests;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
            if (Interlocked.Increment(ref requests) > 1) return answer;
            answer.Dispose();
            throw new HttpRequestException("the answer was lost");
        }
    }
}
