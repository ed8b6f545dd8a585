using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Cil.Api.Identity;
using Cil.Api.Tests.Http;
using Cil.Client.Contracts;
using Cil.Silo.Options;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cil.Api.Tests.Identity;

/// <summary>What a key opens, and what it does not.</summary>
public sealed class KeyTests(SecuredFixture fixture) : IClassFixture<SecuredFixture>
{
    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("cil_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Request_WithoutAKeyThatThereIs_Is401(string? credential)
    {
        HttpClient http = fixture.Secured.Client(credential);

        foreach (string address in new[] { "api/jobs", "api/queue", "api/jobs/any/video", "metrics", "nowhere" })
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(address, UriKind.Relative));
            _ = await ProblemTests.ProblemAsync(answer, 401);
            Assert.Equal("Bearer", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
        }
    }

    [Fact]
    public async Task Request_WithAnotherSecretOrARevokedKey_Is401()
    {
        string own = fixture.Studio.DefaultRequestHeaders.Authorization!.Parameter!;
        string wrong = own[..^1] + (own[^1] == 'A' ? 'B' : 'A');

        foreach (string credential in new[] { wrong, fixture.Revoked.ToString() })
        {
            using HttpResponseMessage answer = await fixture.Secured.Client(credential).GetAsync(new Uri("api/jobs", UriKind.Relative));
            _ = await ProblemTests.ProblemAsync(answer, 401);
        }
    }

    [Fact]
    public async Task Health_IsForEverybody()
    {
        using HttpResponseMessage answer = await fixture.Secured.Client().GetAsync(new Uri("health/live", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task ForeignJob_IsNotThere()
    {
        ApiJob job = await SubmitAsync(fixture.Studio);
        Assert.Equal("studio", job.Tenant);

        foreach (string address in new[] { "", "/events", "/why", "/video", "/poster", "/preview" })
        {
            using HttpResponseMessage answer = await fixture.Other.GetAsync(new Uri($"api/jobs/{job.Id}{address}", UriKind.Relative));
            Assert.Equal($"job '{job.Id}' is not there", (await ProblemTests.ProblemAsync(answer, 404)).Detail);
        }

        foreach (string action in new[] { "pause", "unpause", "retry", "cancel" })
        {
            using HttpResponseMessage answer = await fixture.Other.PostAsync(
                new Uri($"api/jobs/{job.Id}/{action}", UriKind.Relative), null);
            _ = await ProblemTests.ProblemAsync(answer, 404);
        }

        using (HttpResponseMessage answer = await fixture.Other.DeleteAsync(new Uri($"api/jobs/{job.Id}", UriKind.Relative)))
            _ = await ProblemTests.ProblemAsync(answer, 404);
        using (HttpResponseMessage answer = await SendAsync(fixture.Other, ("id", job.Id)))
        {
            Assert.Equal(
                $"the id {job.Id} is taken; another request needs another id", (await ProblemTests.ProblemAsync(answer, 422)).Detail);
        }

        Assert.DoesNotContain(job.Id, (await JobsAsync(fixture.Other)).Select(one => one.Id));
        Assert.Contains(job.Id, (await JobsAsync(fixture.Studio)).Select(one => one.Id));
        Assert.Contains(job.Id, (await JobsAsync(fixture.Reader)).Select(one => one.Id));
        Assert.Contains(job.Id, (await JobsAsync(fixture.Operator)).Select(one => one.Id));
    }

    [Fact]
    public async Task Tenant_OfAFieldOrAQuery_IsNotTaken()
    {
        using HttpResponseMessage job = await SendAsync(fixture.Studio, ("tenant", "other"));
        using HttpResponseMessage list = await fixture.Studio.GetAsync(new Uri("api/jobs?tenant=other", UriKind.Relative));

        Assert.Equal(
            new ApiFieldError("tenant", "the key is of tenant studio, got 'other'"),
            Assert.Single((await ProblemTests.ProblemAsync(job, 400)).Errors!));
        Assert.Equal("tenant", Assert.Single((await ProblemTests.ProblemAsync(list, 400)).Errors!).Field);
    }

    [Fact]
    public async Task Scope_ThatIsNotTheKeys_Is403()
    {
        using HttpResponseMessage submitted = await SendAsync(fixture.Reader);
        using HttpResponseMessage paused = await fixture.Studio.PostAsync(new Uri("api/queue/pause", UriKind.Relative), null);
        using HttpResponseMessage own = await fixture.Operator.PostAsync(
            new Uri("api/queue/unpause?tenant=studio", UriKind.Relative), null);

        _ = await ProblemTests.ProblemAsync(submitted, 403);
        _ = await ProblemTests.ProblemAsync(paused, 403);
        Assert.Equal(HttpStatusCode.NoContent, own.StatusCode);
    }

    [Fact]
    public async Task IdempotencyKey_OfTwoTenants_IsTwoJobs()
    {
        var ids = new List<string>();
        foreach (HttpClient http in new[] { fixture.Studio, fixture.Other })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/jobs")
            {
                Content = SecuredService.Job(), Headers = { { "Idempotency-Key", "same" } },
            };
            using HttpResponseMessage answer = await http.SendAsync(request);
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
            ids.Add((await answer.Content.ReadFromJsonAsync<ApiJob>(ApiJson.Options))!.Id);
        }

        Assert.NotEqual(ids[0], ids[1]);
    }

    [Fact]
    public async Task Change_LeavesALineOfWhoWhatAndFromWhere()
    {
        using var log = new LogLines("Cil.Audit");
        fixture.Secured.Service.Services.GetRequiredService<ILoggerFactory>().AddProvider(log);
        ApiJob job = await SubmitAsync(fixture.Other);
        using HttpResponseMessage read = await fixture.Other.GetAsync(new Uri($"api/jobs/{job.Id}", UriKind.Relative));
        using HttpResponseMessage cancelled = await fixture.Other.PostAsync(new Uri($"api/jobs/{job.Id}/cancel", UriKind.Relative), null);
        using HttpResponseMessage wrong = await SendAsync(fixture.Other, ("steps", "0"));
        using HttpResponseMessage refused = await fixture.Reader.PostAsync(new Uri($"api/jobs/{job.Id}/cancel", UriKind.Relative), null);

        string key = ApiKeyText.Parse(fixture.Other.DefaultRequestHeaders.Authorization!.Parameter!)!.Id,
            reader = ApiKeyText.Parse(fixture.Reader.DefaultRequestHeaders.Authorization!.Parameter!)!.Id;
        Assert.Equal(
            [
                $"Tenant other, key {key}: POST /api/jobs from 127.0.0.1: 201",
                $"Tenant other, key {key}: POST /api/jobs/{job.Id}/cancel from 127.0.0.1: 200",
                $"Tenant other, key {key}: POST /api/jobs from 127.0.0.1: 400",
                $"Tenant studio, key {reader}: POST /api/jobs/{job.Id}/cancel from 127.0.0.1: 403",
            ],
            log.Lines);
    }

    [Fact]
    public async Task RateLimit_IsPerTenant_AndSaysWhenToTryAgain()
    {
        await using var secured = new SecuredService();
        _ = await secured.Keys.CreateAsync("first", "", [Scope.Read]);
        _ = await secured.StartAsync(options => (options.Identity.RequestsPerSecond, options.Identity.RequestBurst) = (0.05, 3));
        HttpClient busy = await secured.ClientAsync("busy", Scope.Read), calm = await secured.ClientAsync("calm", Scope.Read);

        for (int i = 0; i < 3; i++) _ = await busy.GetStringAsync(new Uri("api/queue", UriKind.Relative));
        using HttpResponseMessage refused = await busy.GetAsync(new Uri("api/queue", UriKind.Relative)),
            other = await calm.GetAsync(new Uri("api/queue", UriKind.Relative));

        Assert.Equal(ApiProblem.RateLimited, (await ProblemTests.ProblemAsync(refused, 429)).Code);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 20);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Theory]
    [InlineData("Host", "evil.example", 403)]
    [InlineData("Origin", "http://evil.example", 403)]
    [InlineData("X-Forwarded-For", "10.0.0.7", 401)]
    public async Task Service_WithoutKeys_AnswersOnlyThisMachinesOwnPrograms(string header, string value, int status)
    {
        await using var open = new SecuredService();
        _ = await open.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/queue/unpause");
        request.Headers.Add(header, value);

        using HttpResponseMessage plain = await open.Client().PostAsync(new Uri("api/queue/unpause", UriKind.Relative), null),
            refused = await open.Client().SendAsync(request);

        Assert.Equal(HttpStatusCode.NoContent, plain.StatusCode);
        _ = await ProblemTests.ProblemAsync(refused, status);
    }

    [Fact]
    public async Task Service_ThatOthersCanReach_StartsOnlyWithKeys()
    {
        await using var secured = new SecuredService();

        ServiceOptionsException error = await Assert.ThrowsAsync<ServiceOptionsException>(
            () => secured.StartAsync(options => options.Url = "http://0.0.0.0:0"));
        _ = await secured.Keys.CreateAsync("studio", "", [Scope.Read]);
        _ = await secured.StartAsync(options => options.Url = "http://0.0.0.0:0");

        Assert.Contains(
            "Cil:Url: http://0.0.0.0:0 can be reached from other machines, and there are no keys", error.Message, StringComparison.Ordinal);
        using HttpResponseMessage answer = await secured.Client().GetAsync(new Uri("api/jobs", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task OperatorKey_OfTheSettings_OpensAServiceThatHasNoOther()
    {
        var key = ApiKeyText.New();
        await using var secured = new SecuredService();
        _ = await secured.StartAsync(options => options.Identity.OperatorKey = key.ToString());

        using HttpResponseMessage without = await secured.Client().GetAsync(new Uri("api/queue", UriKind.Relative));
        using HttpResponseMessage with = await secured.Client(key.ToString())
            .PostAsync(new Uri("api/queue/unpause", UriKind.Relative), null);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NoContent), (without.StatusCode, with.StatusCode));
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient http, params (string, string)[] fields) =>
        http.PostAsync(new Uri("api/jobs", UriKind.Relative), SecuredService.Job(fields));

    private static async Task<ApiJob> SubmitAsync(HttpClient http)
    {
        using HttpResponseMessage answer = await SendAsync(http);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<ApiJob>(ApiJson.Options))!;
    }

    private static async Task<IReadOnlyList<ApiJob>> JobsAsync(HttpClient http) =>
        (await http.GetFromJsonAsync<ApiJobPage>("api/jobs?limit=1000", ApiJson.Options))!.Jobs;

    private sealed class LogLines(string category) : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> lines = new();

        public IEnumerable<string> Lines => lines;

        public ILogger CreateLogger(string categoryName) =>
            categoryName == category ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
