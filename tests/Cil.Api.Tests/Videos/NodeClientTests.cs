using System.Text.Json;
using Cil.Api.Tests.Node;

namespace Cil.Api.Tests.Videos;

/// <summary>The Videos API through `openai` of npm: create, poll, download, remix, extend, list, delete, and what is refused.</summary>
public sealed class NodeClientTests(VideosFixture fixture) : IClassFixture<VideosFixture>
{
    [Fact]
    public async Task Client_MakesRemixesExtendsAndDeletesVideos()
    {
        JsonElement seen = await NodeProgram.RunAsync("videos.mjs", fixture.BaseUrl, fixture.Key, fixture.Picture);

        JsonElement created = seen.GetProperty("created"), video = seen.GetProperty("video");
        Assert.Equal(
            [
                "completed_at", "created_at", "error", "expires_at", "id", "model", "object",
                "progress", "prompt", "remixed_from_video_id", "seconds", "size", "status",
            ],
            created.EnumerateObject().Select(property => property.Name).Where(name => name[0] != '_').Order(StringComparer.Ordinal));
        Assert.Equal(
            ("video", "cil-tiny", "64x64", "1"),
            (Text(created, "object"), Text(created, "model"), Text(created, "size"), Text(created, "seconds")));
        Assert.Equal(("completed", 100), (Text(video, "status"), video.GetProperty("progress").GetInt32()));
        Assert.True(video.GetProperty("completed_at").GetInt64() >= video.GetProperty("created_at").GetInt64());
        Assert.Equal(("ftyp", "WEBP", "ffd8"), (Text(seen, "bytes"), Text(seen, "thumbnail"), Text(seen, "spritesheet")));
        foreach (string made in new[] { "remixed", "extended" })
        {
            Assert.Equal("completed", Text(seen.GetProperty(made), "status"));
            Assert.Equal(Text(created, "id"), Text(seen.GetProperty(made), "remixed_from_video_id"));
        }

        Assert.Equal(("completed", "0.5"), (Text(seen.GetProperty("fromUrl"), "status"), Text(seen.GetProperty("fromUrl"), "seconds")));
        Assert.True(seen.GetProperty("listed").GetBoolean());
        Assert.Equal(
            ("video.deleted", true),
            (Text(seen.GetProperty("deleted"), "object"), seen.GetProperty("deleted").GetProperty("deleted").GetBoolean()));
        Assert.Equal((404, "not_found"), Refusal(seen, "gone"));
        Assert.Equal((401, "unauthorized"), Refusal(seen, "wrongKey"));
        foreach ((string call, string field) in new[] { ("noPicture", "input_reference"), ("badSize", "size"), ("unknown", "flow_shift") })
        {
            Assert.Equal((400, "invalid_request"), Refusal(seen, call));
            Assert.Equal((field, "invalid_request_error"), (Text(seen.GetProperty(call), "param"), Text(seen.GetProperty(call), "type")));
        }

        Assert.Equal("cil-tiny", Assert.Single(seen.GetProperty("models").EnumerateArray()).GetString());
        Assert.Equal(2, seen.GetProperty("sent").GetInt32());
        Assert.True(seen.GetProperty("once").GetBoolean(), "a request that was sent again has become a second video");
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static (int, string?) Refusal(JsonElement seen, string call) =>
        (seen.GetProperty(call).GetProperty("status").GetInt32(), Text(seen.GetProperty(call), "code"));
}
