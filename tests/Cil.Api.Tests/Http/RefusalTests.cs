using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Cil.Api.Identity;
using Cil.Api.Tests.Identity;
using Cil.Client.Contracts;
using Cil.Media.Images;

namespace Cil.Api.Tests.Http;

/// <summary>What is refused, over all calls of the API's document: with the right status, headers and body.</summary>
public sealed class RefusalTests(SecuredFixture fixture) : IClassFixture<SecuredFixture>
{
    private const string Form = "multipart/form-data", JsonType = "application/json";

    // Holds also for a job that is not known yet.
    private const string Cancel = "cancelJob";

    [Fact]
    public async Task Call_WithoutAKey_Is401_AndSaysHowToGiveOne()
    {
        using HttpClient nobody = fixture.Secured.Client(), wrong = fixture.Secured.Client("cil_wrong"),
            revoked = fixture.Secured.Client(fixture.Revoked.ToString());
        foreach (Call call in (await CallsAsync()).Where(call => !call.IsForEverybody))
        {
            foreach ((HttpClient http, string challenge) in new[]
            {
                (nobody, "Bearer"), (wrong, "Bearer error=\"invalid_token\""), (revoked, "Bearer error=\"invalid_token\""),
            })
            {
                using HttpResponseMessage answer = await http.SendAsync(call.Request());
                await RefusedAsync(call, answer, 401, ApiProblem.Unauthorized);
                Assert.Equal(challenge, answer.Headers.WwwAuthenticate.ToString());
            }
        }
    }

    [Fact]
    public async Task Call_ThatChangesSomething_IsForbiddenToAKeyThatReads()
    {
        Call[] changes = [.. (await CallsAsync()).Where(call => call.Method != HttpMethod.Get)];

        Assert.NotEmpty(changes);
        foreach (Call call in changes)
        {
            using HttpResponseMessage answer = await fixture.Reader.SendAsync(call.Request());
            await RefusedAsync(call, answer, 403, ApiProblem.Forbidden);
        }
    }

    [Theory]
    [InlineData("pauseQueue")]
    [InlineData("unpauseQueue")]
    [InlineData("setQuota")]
    public async Task Call_OfOperators_IsForbiddenToOthers(string name)
    {
        Call call = (await CallsAsync()).Single(one => one.Name == name);

        using HttpResponseMessage answer = await fixture.Studio.SendAsync(call.Request());

        await RefusedAsync(call, answer, 403, ApiProblem.Forbidden);
    }

    [Fact]
    public async Task Call_OfWhatIsNotThere_Is404()
    {
        Call[] calls = [.. (await CallsAsync())
            .Where(call => call.Path.Contains('{', StringComparison.Ordinal) && call.Name is not (Cancel or "setQuota"))];

        Assert.NotEmpty(calls);
        foreach (Call call in calls)
        {
            using HttpResponseMessage answer = await fixture.Studio.SendAsync(call.Request());
            await RefusedAsync(call, answer, 404, ApiProblem.NotFound);
        }
    }

    [Fact]
    public async Task Method_ThatAnAddressDoesNotKnow_Is405_AndTheOthersAreListed()
    {
        foreach (IGrouping<string, Call> path in (await CallsAsync()).GroupBy(call => call.Path, StringComparer.Ordinal))
        {
            var call = new Call("", HttpMethod.Patch, path.Key, null, null);
            using HttpResponseMessage answer = await fixture.Studio.SendAsync(call.Request());
            await RefusedAsync(call, answer, 405, ApiProblem.MethodNotAllowed);
            // An address that others' parameters match too knows their methods as well.
            Assert.Subset(
                answer.Content.Headers.Allow.ToHashSet(StringComparer.Ordinal),
                path.Select(one => one.Method.Method).ToHashSet(StringComparer.Ordinal));
            Assert.DoesNotContain("PATCH", answer.Content.Headers.Allow);
        }
    }

    [Fact]
    public async Task Body_OfAnotherType_Is415_AndOneThatIsTooLarge413()
    {
        Call[] calls = [.. (await CallsAsync())
            .Where(call => call.Body is not null && (!call.Path.Contains('{', StringComparison.Ordinal) || call.Name == "setQuota"))];

        Assert.True(calls.Length >= 5);
        foreach (Call call in calls)
        {
            HttpClient http = call.Name == "setQuota" ? fixture.Operator : fixture.Studio;
            using HttpRequestMessage text = call.Request(), large = call.Request();
            text.Content = new StringContent("a thing", Encoding.UTF8, "text/plain");
            large.Content = new ByteArrayContent(new byte[2 << 20])
            {
                Headers = { ContentType = MediaTypeHeaderValue.Parse(call.Body == Form ? $"{Form}; boundary=b" : JsonType) },
            };
            large.Headers.ExpectContinue = true;

            using HttpResponseMessage other = await http.SendAsync(text), tooLarge = await http.SendAsync(large);

            await RefusedAsync(call, other, 415, ApiProblem.UnsupportedMediaType);
            await RefusedAsync(call, tooLarge, 413, ApiProblem.TooLarge);
        }
    }

    [Fact]
    public async Task Json_WithSeveralErrors_HasThemAllInOneAnswer()
    {
        Call[] calls = [.. (await CallsAsync()).Where(call => call.Body == JsonType)];

        Assert.True(calls.Length >= 5);
        foreach (Call call in calls)
        {
            using HttpRequestMessage request = call.Request();
            request.Content = new StringContent("""{"colour":"red","shape":[1]}""", Encoding.UTF8, JsonType);
            using HttpResponseMessage answer = await (call.Name == "setQuota" ? fixture.Operator : fixture.Studio).SendAsync(request);
            string body = await RefusedAsync(call, answer, 400, ApiProblem.InvalidRequest);
            Assert.All(
                ["colour: there is no such field", "shape: there is no such field"],
                error => Assert.Contains(error, body, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(
        "api/statistics", """{"dataset":1,"model":["a"],"width":"wide","seed":"-1","colour":"red"}""",
        "dataset", "model", "width", "seed", "colour")]
    [InlineData("api/statistics", """{"dataset":"a","dataset":"b","model":null}""", "dataset", "model")]
    [InlineData("api/statistics", """{"dataset":"none","clipsPerShard":-3,"width":"wide"}""", "dataset", "clipsPerShard", "width", "model")]
    [InlineData(
        "v1/webhook_endpoints", """{"name":"","url":"http://10.0.0.1","event_types":["video.begun"]}""", "name", "url", "event_types")]
    [InlineData("v1/webhook_endpoints", """{"name":1,"event_types":"video.failed","secret":"mine"}""", "name", "event_types", "secret")]
    [InlineData("v1/webhook_endpoints", "{}", "name", "url", "event_types")]
    [InlineData("v1/webhook_endpoints", """{"name":"","event_types":["a"],"colour":1}""", "name", "url", "event_types", "colour")]
    public async Task Json_WithFieldsOfOtherKinds_NamesThemAll(string address, string body, params string[] fields)
    {
        using var content = new StringContent(body, Encoding.UTF8, JsonType);

        using HttpResponseMessage answer = await fixture.Studio.PostAsync(new Uri(address, UriKind.Relative), content);

        string text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.All(fields, field => Assert.Contains($"{field}: ", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quota_WithFieldsThatCannotBeReadAndOthersThatCannotBe_NamesThemAll()
    {
        using var content = new StringContent(
            """{"waitingJobs":-1,"keepDays":-2,"jobWork":"much","colour":1}""", Encoding.UTF8, JsonType);

        using HttpResponseMessage answer = await fixture.Operator.PutAsync(new Uri("api/tenants/studio/quota", UriKind.Relative), content);

        ApiProblem problem = (await answer.Content.ReadFromJsonAsync<ApiProblem>(ApiJson.Options))!;
        Assert.Equal(
            ["colour", "jobWork", "keepDays", "waitingJobs"], problem.Errors!.Select(error => error.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Video_UnderAnotherRequestsKey_Is422()
    {
        foreach ((string prompt, int status) in new[] { ("a thing", 200), ("another thing", 422) })
        {
            using var fields = new MultipartFormDataContent
            {
                { new StringContent(prompt), "prompt" }, { new StringContent("1"), "num_inference_steps" },
                { new ByteArrayContent(PngWriter.Write(new byte[16 * 16 * 3], 16, 16)), "input_reference", "picture.png" },
            };
            using var request = new HttpRequestMessage(HttpMethod.Post, "v1/videos")
            {
                Content = fields, Headers = { { "Idempotency-Key", "one" } },
            };
            using HttpResponseMessage answer = await fixture.Studio.SendAsync(request);
            Assert.Equal(status, (int)answer.StatusCode);
            if (status == 422)
                await RefusedAsync(new Call("", HttpMethod.Post, "/v1/videos", null, null), answer, 422, ApiProblem.Mismatch);
        }
    }

    [Fact]
    public async Task Call_OfATenantThatAsksTooOften_Is429_AndSaysWhenToComeAgain()
    {
        await using var secured = new SecuredService();
        _ = await secured.Keys.CreateAsync("first", "", [Scope.Read]);
        _ = await secured.StartAsync(options => (options.Identity.RequestsPerSecond, options.Identity.RequestBurst) = (0.01, 1));
        HttpClient http = await secured.ClientAsync("busy", Scope.Operator);
        using HttpResponseMessage first = await http.GetAsync(new Uri("api/queue", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        foreach (Call call in await CallsAsync())
        {
            using HttpResponseMessage answer = await http.SendAsync(call.Request());
            await RefusedAsync(call, answer, 429, ApiProblem.RateLimited);
            Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 100);
        }
    }

    [Fact]
    public async Task Action_ThatTheJobsStateDoesNotAllow_Is409_AndOneThatWasDoneAlreadyIsNone()
    {
        using MultipartFormDataContent form = SecuredService.Job(("id", "over"));
        using HttpResponseMessage submitted = await fixture.Studio.PostAsync(new Uri("api/jobs", UriKind.Relative), form);
        _ = submitted.EnsureSuccessStatusCode();
        foreach (string done in new[] { "cancel", "cancel", "reject" })
        {
            using HttpResponseMessage again = await fixture.Studio.PostAsync(new Uri($"api/jobs/over/{done}", UriKind.Relative), null);
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        }

        Call[] calls = [.. (await CallsAsync())
            .Where(call => call.Name is "pauseJob" or "unpauseJob" or "retryJob" or "approveJob" or "setPriority")];
        Assert.Equal(5, calls.Length);
        foreach (Call call in calls)
        {
            Call one = call with { Path = call.Path.Replace("{id}", "over", StringComparison.Ordinal) };
            using HttpResponseMessage answer = await fixture.Studio.SendAsync(one.Request());
            string body = await RefusedAsync(call, answer, 409, ApiProblem.Conflict);
            Assert.Contains("job 'over' is cancelled: it cannot be ", body, StringComparison.Ordinal);
        }
    }

    private static async Task<string> RefusedAsync(Call call, HttpResponseMessage answer, int status, string code)
    {
        string body = await answer.Content.ReadAsStringAsync(), where = $"{call.Method} {call.Path}: {(int)answer.StatusCode} {body}";
        Assert.True(status == (int)answer.StatusCode, where);
        bool isCompatible = call.Path.StartsWith("/v1/", StringComparison.Ordinal);
        Assert.True((isCompatible ? JsonType : ApiProblem.MediaType) == answer.Content.Headers.ContentType?.MediaType, where);
        JsonElement root = JsonDocument.Parse(body).RootElement, error = isCompatible ? root.GetProperty("error") : root;
        Assert.True(code == error.GetProperty("code").GetString(), where);
        Assert.True(answer.Headers.CacheControl?.NoStore == true, where);
        return body;
    }

    private async Task<IReadOnlyList<Call>> CallsAsync()
    {
        JsonElement document = await fixture.Studio.GetFromJsonAsync<JsonElement>("openapi/v1.json");
        Call[] calls = [.. document.GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(operation => Read(path.Name, operation)))];
        Assert.True(calls.Length > 30);
        return calls;
    }

    private static Call Read(string path, JsonProperty operation)
    {
        string? type = null, example = null;
        if (operation.Value.TryGetProperty("requestBody", out JsonElement body))
        {
            JsonProperty content = body.GetProperty("content").EnumerateObject().First();
            type = content.Name;
            if (content.Value.TryGetProperty("example", out JsonElement shown)) example = shown.GetRawText();
        }

        return new Call(operation.Value.GetProperty("operationId")
            .GetString()!, new HttpMethod(operation.Name.ToUpperInvariant()), path, type, example)
        {
            IsForEverybody = operation.Value.TryGetProperty("security", out _),
        };
    }

    /// <param name="Body">The content type of what it takes; null for nothing.</param>
    private sealed record Call(string Name, HttpMethod Method, string Path, string? Body, string? Example)
    {
        internal bool IsForEverybody { get; init; }

        internal HttpRequestMessage Request() => new(
            Method, Path.Replace("{", "no-", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).TrimStart('/'))
        {
            Content = Body switch
            {
                null => null,
                Form => new MultipartFormDataContent { { new StringContent("a thing"), "prompt" } },
                _ => new StringContent(Example ?? "{}", Encoding.UTF8, JsonType),
            },
        };
    }
}
