using System.Diagnostics;
using System.Globalization;
using System.Net;
using Cil.Grains.Chunks;
using Cil.Media.Images;
using Cil.Silo.Cluster;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;
using Cil.TestKit.Storage;

namespace Cil.Silo.Tests.Cluster;

/// <summary>A real Redis that goes away and comes back, under a silo that finds its cluster there.</summary>
public sealed class RedisLossTests : IDisposable
{
    // The aim is a few seconds; a busy machine has more.
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(8), TimeLimit = TimeSpan.FromSeconds(90);
    private const double Drain = 3, Leave = 5, Busy = 5;

    private readonly TinyModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-redis-").FullName;
    private RedisServer redis;

    public RedisLossTests() =>
        redis = RedisServer.Start(folder, isKept: true)
            ?? throw new InvalidOperationException("redis-server is not installed; as root: apt-get install redis-server");

    [Fact]
    public async Task Service_WhoseRedisIsGone_AnswersAtOnceIsNotReadyAndStopsInTime()
    {
        CilService service = await CilService.StartAsync(Options("one", "data"));
        using var http = new HttpClient { BaseAddress = new Uri(service.Url) };
        Assert.Equal(HttpStatusCode.Created, await SubmitAsync(http));
        await ReadyAsync(http, HttpStatusCode.OK);

        redis.Dispose();
        var clock = Stopwatch.StartNew();
        HttpStatusCode answer = await SubmitAsync(http);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer);
        Assert.True(clock.Elapsed < Quick, $"answered after {clock.Elapsed}");
        Assert.Contains(
            "the table of silos cannot be read", await ReadyAsync(http, HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        // A new start would not help.
        await LiveAsync(http, HttpStatusCode.OK);

        redis = RedisServer.Start(folder, redis.Port, isKept: true)!;
        await ReadyAsync(http, HttpStatusCode.OK);
        while (await SubmitAsync(http) != HttpStatusCode.Created) Assert.True(clock.Elapsed < TimeLimit, "no job was taken any more");

        redis.Dispose();
        clock.Restart();
        await service.DisposeAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(Drain + Leave + Leave + Busy), $"stopped after {clock.Elapsed}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Service_WhoseTableOfSilosIsEmptied_IsNotLiveUntilItIsStartedAgain(bool isBegunAnewByAnother)
    {
        await using (CilService first = await CilService.StartAsync(Options("one", "data")))
        {
            using var http = new HttpClient { BaseAddress = new Uri(first.Url) };
            await ReadyAsync(http, HttpStatusCode.OK);

            redis.Dispose();
            redis = RedisServer.Start(Directory.CreateDirectory(Path.Combine(folder, "empty")).FullName, redis.Port)!;
            await using CilService? second =
                isBegunAnewByAnother ? await CilService.StartAsync(Options("two", "elsewhere")) : null;

            var clock = Stopwatch.StartNew();
            while (!(await ReadyAsync(http, HttpStatusCode.ServiceUnavailable)).Contains("start it again", StringComparison.Ordinal))
                Assert.True(clock.Elapsed < TimeLimit, "the reason is not named");
            await LiveAsync(http, HttpStatusCode.ServiceUnavailable);
        }

        await using CilService again = await CilService.StartAsync(Options("one", "data"));
        using var answers = new HttpClient { BaseAddress = new Uri(again.Url) };
        await ReadyAsync(answers, HttpStatusCode.OK);
        await LiveAsync(answers, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Service_OfANameThatALivingSiloOfItsClusterHas_IsRefusedAndTheOtherLives()
    {
        await using CilService first = await CilService.StartAsync(Options("one", "data"));

        // Not on the same folder, whose lock would tell.
        SiloNameTakenException error = await Assert.ThrowsAsync<SiloNameTakenException>(
            () => CilService.StartAsync(Options("one", "elsewhere")));

        Assert.Contains("'one' is the name of a silo that runs already (at 127.0.0.1:", error.Message, StringComparison.Ordinal);
        using var http = new HttpClient { BaseAddress = new Uri(first.Url) };
        Assert.Equal(HttpStatusCode.Created, await SubmitAsync(http));
    }

    public void Dispose()
    {
        redis.Dispose();
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<HttpStatusCode> SubmitAsync(HttpClient http)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(PngWriter.Write(new byte[16 * 16 * 3], 16, 16)), "image", "a.png" },
            { new StringContent("a thing"), "prompt" }, { new StringContent("1"), "steps" },
        };
        using HttpResponseMessage answer = await http.PostAsync(new Uri("api/jobs", UriKind.Relative), form);
        return answer.StatusCode;
    }

    private static Task<string> ReadyAsync(HttpClient http, HttpStatusCode wanted) => AskAsync(http, "health/ready", wanted);

    private static Task<string> LiveAsync(HttpClient http, HttpStatusCode wanted) => AskAsync(http, "health/live", wanted);

    private static async Task<string> AskAsync(HttpClient http, string path, HttpStatusCode wanted)
    {
        using var limit = new CancellationTokenSource(TimeLimit);
        while (true)
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(path, UriKind.Relative), limit.Token);
            if (answer.StatusCode == wanted) return await answer.Content.ReadAsStringAsync(limit.Token);
            await Task.Delay(100, limit.Token);
        }
    }

    private ServiceOptions Options(string name, string data)
    {
        int ports = Ports.Free(2);
        return new ServiceOptions
        {
            Data = Path.Combine(folder, data), Models = [model.Folder], Url = "http://127.0.0.1:0",
            Name = name, Advertise = "127.0.0.1", SiloPort = ports, GatewayPort = ports + 1,
            Cluster = string.Create(CultureInfo.InvariantCulture, $"redis=127.0.0.1:{redis.Port}"),
            DrainSeconds = Drain, Planning = new PlannerOptions { Threads = 1 },
        };
    }
}
