using System.Text.Json;
using Cil.Api.Tests.Node;
using Cil.Api.Tests.Videos;

namespace Cil.Api.Tests.Webhooks;

/// <summary>
/// Webhooks through `openai` of npm, received by a program of its own over HTTPS and checked by it and by `standardwebhooks`.
/// </summary>
public sealed class WebhookClientTests(VideosFixture fixture) : IClassFixture<VideosFixture>
{
    [Fact]
    public async Task Client_MakesEndpoints_AndItsReceiverTrustsWhatComes()
    {
        JsonElement seen = await NodeProgram.RunAsync(
            "webhooks.mjs", fixture.BaseUrl, fixture.Key, fixture.OtherKey, fixture.Picture,
            fixture.Certificate.CertificateFile, fixture.Certificate.KeyFile);

        JsonElement created = seen.GetProperty("created"), retrieved = seen.GetProperty("retrieved");
        Assert.Equal(["video.completed", "video.failed"], Texts(seen, "types"));
        Assert.Equal(
            [
                "created_at", "disabled_at", "event_types", "id", "name", "object",
                "signing_secret", "signing_secret_hint", "updated_at", "url",
            ],
            Names(created));
        Assert.DoesNotContain("signing_secret", Names(retrieved));
        string secret = Text(created, "signing_secret");
        Assert.Equal(("webhook_endpoint", $"whsec_…{secret[^4..]}"), (Text(retrieved, "object"), Text(retrieved, "signing_secret_hint")));
        foreach (string call in (string[])["badUrl", "inside"])
        {
            Assert.Equal(
                (400, "invalid_request", "url"),
                (Status(seen, call), Text(seen.GetProperty(call), "code"), Text(seen.GetProperty(call), "param")));
        }

        Assert.All(
            seen.GetProperty("foreign").EnumerateArray(),
            refusal => Assert.Equal((404, "not_found"), (refusal.GetProperty("status").GetInt32(), Text(refusal, "code"))));
        Assert.Equal((5, 0), (seen.GetProperty("foreign").GetArrayLength(), seen.GetProperty("othersList").GetInt32()));
        foreach (string fact in (string[])["isOwn", "isSame", "firstHeld", "wrongSecret", "changedBody", "isNew", "resent"])
            Assert.True(seen.GetProperty(fact).GetBoolean(), fact);
        Assert.Equal("event", Text(seen.GetProperty("event"), "object"));
        Assert.Equal(["video.failed", "video.failed"], Texts(seen, "both"));
        Assert.Equal(204, seen.GetProperty("test").GetProperty("status_code").GetInt32());
        JsonElement delivery = Assert.Single(seen.GetProperty("deliveries").GetProperty("data").EnumerateArray());
        Assert.Equal(("succeeded", Text(seen.GetProperty("event"), "id")), (Text(delivery, "status"), Text(delivery, "id")));
        Assert.Equal(
            [500, 204], delivery.GetProperty("attempts").EnumerateArray().Select(attempt => attempt.GetProperty("status_code").GetInt32()));
        Assert.Equal("ours", Text(seen.GetProperty("updated"), "name"));
        Assert.Equal((400, "quota_exceeded"), (Status(seen, "tooMany"), Text(seen.GetProperty("tooMany"), "code")));
        Assert.Equal(["more 1", "more 0", "ours"], Texts(seen, "all"));
        Assert.Equal("webhook_endpoint.deleted", Text(seen.GetProperty("deleted"), "object"));
        Assert.Equal(404, Status(seen, "gone"));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static int Status(JsonElement seen, string call) => seen.GetProperty(call).GetProperty("status").GetInt32();

    private static string[] Texts(JsonElement element, string name) =>
        [.. element.GetProperty(name).EnumerateArray().Select(one => one.GetString()!)];

    private static string[] Names(JsonElement element) =>
        [.. element.EnumerateObject().Select(property => property.Name).Where(name => name[0] != '_').Order(StringComparer.Ordinal)];
}
