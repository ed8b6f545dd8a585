using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using RenderService;

namespace Cil.Client.Tests.Samples;

/// <summary>samples/RenderService in front of a grid.</summary>
public sealed class RenderServiceTests(RenderServiceFixture fixture) : IClassFixture<RenderServiceFixture>
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Sample_MakesAVideoOfAPicture_AndPassesRefusalsOn()
    {
        await using WebApplication sample = RenderApp.Build(
            ["--urls", "http://127.0.0.1:0", "--Cil:Address", fixture.Url, "--Cil:Key", fixture.Key]);
        await sample.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(sample.Urls.Single()) };

        using HttpResponseMessage submitted = await SubmitAsync(http, RenderServiceFixture.PictureBytes);
        Assert.Equal(HttpStatusCode.Accepted, submitted.StatusCode);
        Uri address = submitted.Headers.Location!;
        using var timeout = new CancellationTokenSource(TimeLimit);
        JsonElement video;
        do video = await http.GetFromJsonAsync<JsonElement>(address, timeout.Token);
        while (video.GetProperty("state").GetString() is "Queued" or "Running");

        Assert.Equal("Completed", video.GetProperty("state").GetString());
        Assert.Equal("ftyp"u8.ToArray(), (await http.GetByteArrayAsync(new Uri($"{address}/file", UriKind.Relative)))[4..8]);
        using HttpResponseMessage refused = await SubmitAsync(http, "no picture"u8.ToArray());
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("image", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using HttpResponseMessage missing = await http.GetAsync(new Uri("videos/nobody", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    private static async Task<HttpResponseMessage> SubmitAsync(HttpClient http, byte[] picture)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("a thing"), "prompt" },
            { new ByteArrayContent(picture), "image", "picture.png" },
        };
        return await http.PostAsync(new Uri("videos", UriKind.Relative), form);
    }
}
