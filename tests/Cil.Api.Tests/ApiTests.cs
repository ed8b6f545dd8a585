using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Cil.Client.Contracts;
using Cil.Client.Http;
using Cil.Media.Images;

namespace Cil.Api.Tests;

/// <summary>What programs that are not our client see of the HTTP API.</summary>
public sealed class ApiTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    [Fact]
    public async Task Submit_WithFaultsOfAllKinds_ListsThemAll()
    {
        using MultipartFormDataContent form = Form(
            image: false, ("width", "33"), ("steps", "many"), ("colour", "red"), ("seed", "1"), ("seed", "2"),
            ("negativePrompt", string.Join(' ', Enumerable.Repeat("cat", 76))), ("analyticInit", "jobs/other/input"), ("id", "a b"),
            ("after", "nobody"));

        using HttpResponseMessage answer = await PostAsync(form);

        ApiProblem error = await ProblemAsync(answer);
        Assert.Equal((HttpStatusCode.BadRequest, ApiProblem.InvalidRequest), (answer.StatusCode, error.Code));
        Assert.Equal(
            ["after", "analyticInit", "colour", "id", "image", "negativePrompt", "seed", "steps", "width"],
            error.Errors!.Select(fault => fault.Field).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "an HLS playlist")]
    [InlineData("no picture", "text")]
    public async Task Submit_OfNoPicture_IsRefusedAndLeavesNoJob(string content, string name)
    {
        using MultipartFormDataContent form = Form(image: false, ("steps", "1"), ("id", "no-picture"));
        form.Add(new StringContent(content), "image", "picture.png");

        using HttpResponseMessage answer = await PostAsync(form);

        ApiFieldError fault = Assert.Single((await ProblemAsync(answer)).Errors!);
        Assert.Equal((HttpStatusCode.BadRequest, "image"), (answer.StatusCode, fault.Field));
        Assert.StartsWith("expected a picture (PNG, JPEG, ", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith($"got {name}", fault.Message, StringComparison.Ordinal);
        using HttpResponseMessage job = await fixture.Http.GetAsync(new Uri("api/jobs/no-picture", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, job.StatusCode);
    }

    [Fact]
    public async Task Submit_WithTheSameIdempotencyKey_IsTheSameJob()
    {
        var ids = new List<string>();
        foreach (string key in (string[])["one", "one", "two"])
        {
            using MultipartFormDataContent form = Form(image: true, ("steps", "1"));
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/jobs") { Content = form };
            request.Headers.Add("Idempotency-Key", key);
            using HttpResponseMessage answer = await fixture.Http.SendAsync(request);
            Assert.Equal(ids.Count == 1 ? HttpStatusCode.OK : HttpStatusCode.Created, answer.StatusCode);
            ids.Add((await answer.Content.ReadFromJsonAsync<ApiJob>(ApiJson.Options))!.Id);
            Assert.Equal($"/api/jobs/{ids[^1]}", answer.Headers.Location!.ToString());
        }

        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[0], ids[2]);
    }

    [Fact]
    public async Task Submit_WithTheSameIdempotencyKeyAndAnotherBody_IsRefused()
    {
        foreach ((string steps, HttpStatusCode status) in new[]
        {
            ("1", HttpStatusCode.Created), ("2", HttpStatusCode.UnprocessableEntity),
        })
        {
            using MultipartFormDataContent form = Form(image: true, ("steps", steps));
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/jobs") { Content = form };
            request.Headers.Add("Idempotency-Key", "other");
            using HttpResponseMessage answer = await fixture.Http.SendAsync(request);
            Assert.Equal(status, answer.StatusCode);
            if (status == HttpStatusCode.Created) continue;
            ApiProblem problem = await ProblemAsync(answer);
            Assert.Equal(ApiProblem.Mismatch, problem.Code);
            Assert.Contains("another steps", problem.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task List_SaysWhetherThereIsMore()
    {
        for (int i = 0; i < 2; i++)
        {
            using MultipartFormDataContent form = Form(image: true, ("steps", "1"), ("tenant", "pages"));
            using HttpResponseMessage submitted = await PostAsync(form);
        }

        ApiJobPage first = (await fixture.Http.GetFromJsonAsync<ApiJobPage>("api/jobs?tenant=pages&limit=1&order=asc", ApiJson.Options))!;
        ApiJobPage last = (await fixture.Http.GetFromJsonAsync<ApiJobPage>(
            $"api/jobs?tenant=pages&limit=1&order=asc&after={first.Next}", ApiJson.Options))!;

        Assert.Equal((true, false, null), (first.HasMore, last.HasMore, last.Next));
        Assert.NotEqual(first.Jobs[0].Id, last.Jobs[0].Id);
    }

    [Fact]
    public async Task Head_GivesTheHeadersOfGet()
    {
        using MultipartFormDataContent form = Form(image: true, ("steps", "1"), ("id", "head"));
        using HttpResponseMessage submitted = await PostAsync(form);
        _ = await fixture.Http.GetStringAsync(new Uri("api/jobs/head/events", UriKind.Relative));

        foreach (string address in new[] { "api/jobs/head", "api/jobs", "api/queue", "api/jobs/head/video" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, address);
            using HttpResponseMessage answer = await fixture.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
            if (address.EndsWith("video", StringComparison.Ordinal)) Assert.True(answer.Content.Headers.ContentLength > 100);
        }
    }

    [Fact]
    public async Task Submit_OfMoreThanMayBeUploaded_IsRefused()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(new byte[2 << 20]), "image", "image" } };

        // Without waiting for the service's word the upload's end may meet a connection that is closed already.
        using var message = new HttpRequestMessage(HttpMethod.Post, "api/jobs") { Content = form, Headers = { ExpectContinue = true } };
        using HttpResponseMessage answer = await fixture.Http.SendAsync(message);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Submit_OfSomethingThatIsNoForm_IsRefused()
    {
        using HttpResponseMessage answer = await fixture.Http.PostAsJsonAsync("api/jobs", new { prompt = "a thing" });

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Fact]
    public async Task Video_IsServedInParts()
    {
        using MultipartFormDataContent form = Form(image: true, ("steps", "1"), ("id", "parts"));
        using HttpResponseMessage submitted = await PostAsync(form);
        string events = await fixture.Http.GetStringAsync(new Uri("api/jobs/parts/events", UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/jobs/parts/video")
        {
            Headers = { Range = new RangeHeaderValue(4, 7) },
        };

        using HttpResponseMessage part = await fixture.Http.SendAsync(request);

        Assert.Contains("\"state\":\"completed\"", events, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.PartialContent, "video/mp4"), (part.StatusCode, part.Content.Headers.ContentType?.MediaType));
        Assert.Equal("ftyp", await part.Content.ReadAsStringAsync());
        Assert.Equal(
            part.Content.Headers.ContentRange!.Length,
            (await new HttpCilClient(fixture.Http).DownloadAsync("jobs/parts/video.mp4")).Length);
        using var known = new HttpRequestMessage(HttpMethod.Get, "api/jobs/parts/video")
        {
            Headers = { IfNoneMatch = { part.Headers.ETag! } },
        };
        using HttpResponseMessage unchanged = await fixture.Http.SendAsync(known);
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
    }

    [Theory]
    [InlineData("api/jobs/nobody")]
    [InlineData("api/jobs/nobody/events")]
    [InlineData("api/jobs/nobody/video")]
    [InlineData("api/jobs/no%20id")]
    [InlineData("api/statistics/nobody")]
    public async Task WhatIsNotThere_Is404WithAReason(string address)
    {
        using HttpResponseMessage answer = await fixture.Http.GetAsync(new Uri(address, UriKind.Relative));

        Assert.Equal((HttpStatusCode.NotFound, ApiProblem.NotFound), (answer.StatusCode, (await ProblemAsync(answer)).Code));
    }

    [Fact]
    public async Task Health_IsLiveAndReadyOnceTheWeightsAreBound()
    {
        Assert.Equal("live", await fixture.Http.GetStringAsync(new Uri("health/live", UriKind.Relative)));
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage answer = await fixture.Http.GetAsync(new Uri("health/ready", UriKind.Relative), timeout.Token);
            status = answer.StatusCode;
        }
        while (status != HttpStatusCode.OK);
    }

    private static MultipartFormDataContent Form(bool image, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent { { new StringContent("a thing"), "prompt" } };
        foreach ((string name, string value) in fields) form.Add(new StringContent(value), name);
        if (image) form.Add(new ByteArrayContent(PngWriter.Write(new byte[16 * 16 * 3], 16, 16)), "image", "picture.png");
        return form;
    }

    private Task<HttpResponseMessage> PostAsync(HttpContent form) => fixture.Http.PostAsync(new Uri("api/jobs", UriKind.Relative), form);

    private static async Task<ApiProblem> ProblemAsync(HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<ApiProblem>(ApiJson.Options))!;
}
