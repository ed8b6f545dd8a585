using System.Text.Json;
using Cil.Api.Tests.Node;
using Cil.Media.Images;

namespace Cil.Api.Tests.Jobs;

/// <summary>Server-sent events through `eventsource` of npm, the API of browsers.</summary>
public sealed class EventSourceTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Reader_WhoseConnectionIsCut_GetsWhatItMissed_NothingTwice_AndStopsAtTheEnd()
    {
        string picture = Path.GetTempFileName();
        await File.WriteAllBytesAsync(picture, PngWriter.Write(new byte[16 * 16 * 3], 16, 16));

        JsonElement seen = await NodeProgram.RunAsync("events.mjs", fixture.Service.Url, picture);

        File.Delete(picture);
        JsonElement[] requests = [.. seen.GetProperty("requests").EnumerateArray()],
            events = [.. seen.GetProperty("events").EnumerateArray()];
        string[] ids = [.. events.Select(one => Text(one, "id")!)];
        Assert.True(requests.Length >= 4, seen.ToString());
        Assert.All(requests[..^1], request => Assert.Equal(200, request.GetProperty("status").GetInt32()));
        Assert.Equal((204, ids[^1]), (requests[^1].GetProperty("status").GetInt32(), Text(requests[^1], "last")));
        Assert.Null(Text(requests[0], "last"));
        Assert.All(requests[1..], request => Assert.Contains(Text(request, "last"), ids));
        // A job may come back to what it was; the same is not said twice in a row, also not by another connection.
        Assert.All(ids.Zip(ids[1..]), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.Equal(
            ("paused", "completed", 100), (Text(events[0], "state"), Text(events[^1], "state"), events[^1].GetProperty("step").GetInt32()));
        int[] steps = [.. events.Select(one => one.GetProperty("step").GetInt32())];
        Assert.Equal(steps.Order(), steps);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
