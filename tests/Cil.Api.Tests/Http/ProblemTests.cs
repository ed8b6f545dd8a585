using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Cil.Client.Contracts;
using Cil.Media.Images;

namespace Cil.Api.Tests.Http;

/// <summary>Every answer that is no success is a problem of RFC 9457, whoever in the server refuses.</summary>
public sealed class ProblemTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    [Theory]
    [InlineData("DELETE", "api/queue", 405)]
    [InlineData("GET", "nowhere", 404)]
    [InlineData("GET", "api/nowhere", 404)]
    [InlineData("POST", "api/jobs", 415)]
    [InlineData("POST", "api/statistics", 415)]
    [InlineData("POST", "api/jobs/nobody/pause", 404)]
    [InlineData("DELETE", "api/jobs/nobody", 404)]
    public async Task Refusal_HasABody(string method, string address, int status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);

        using HttpResponseMessage answer = await fixture.Http.SendAsync(request);

        ApiProblem problem = await ProblemAsync(answer, status);
        if (status == 405) Assert.Equal(["GET", "HEAD"], answer.Content.Headers.Allow.Order());
        Assert.NotEmpty(problem.Detail!);
    }

    [Theory]
    [InlineData("api/jobs?limit=abc", "limit", "a whole number from 1 to 1000, got 'abc'")]
    [InlineData("api/jobs?limit=0", "limit", "a whole number from 1 to 1000, got '0'")]
    [InlineData("api/jobs?limit=1&limit=2", "limit", "given 2 times")]
    [InlineData("api/jobs?colour=red", "colour", "there is no such parameter; there are: tenant, limit, after, order")]
    [InlineData("api/jobs?order=up", "order", "desc or asc, got 'up'")]
    [InlineData("api/jobs?after=a%20b", "after", "expected a page's next or an id, got 'a b'")]
    [InlineData("api/jobs?after=nobody", "after", "nobody")]
    public async Task Query_ThatIsNone_NamesTheParameter(string address, string field, string message)
    {
        using HttpResponseMessage answer = await fixture.Http.GetAsync(new Uri(address, UriKind.Relative));

        ApiFieldError error = Assert.Single((await ProblemAsync(answer, 400)).Errors!);
        Assert.Equal(field, error.Field);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PauseOfATenant_ThatCanBeNone_IsRefused()
    {
        using HttpResponseMessage answer = await fixture.Http.PostAsync(
            new Uri($"api/queue/pause?tenant={new string('t', 65)}", UriKind.Relative), null);

        Assert.Equal("tenant", Assert.Single((await ProblemAsync(answer, 400)).Errors!).Field);
    }

    [Fact]
    public async Task AddressAndHeaders_ThatAreTooLong_AreRefusedInWords()
    {
        using HttpResponseMessage address = await fixture.Http.GetAsync(
            new Uri($"api/jobs?after={new string('a', 9000)}", UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/queue");
        request.Headers.Add("X-Long", new string('a', 40_000));
        using HttpResponseMessage headers = await fixture.Http.SendAsync(request);

        _ = await ProblemAsync(address, 414);
        _ = await ProblemAsync(headers, 431);
    }

    [Theory]
    [InlineData("application/json; charset=utf-7", "{}", 415, null)]
    [InlineData("text/plain", "{}", 415, null)]
    [InlineData("application/json", "{", 400, null)]
    [InlineData("application/json", "", 400, null)]
    [InlineData("application/json", "null", 400, null)]
    [InlineData("application/json", "[1]", 400, null)]
    [InlineData("application/json", """{"dataset":"a","model":"tiny","colour":"red"}""", 400, "colour, dataset")]
    [InlineData("application/json", """{"dataset":"a","model":"tiny","width":"wide"}""", 400, "width, dataset")]
    [InlineData("application/json", """{"dataset":"a","dataset":"b","model":"tiny"}""", 400, "dataset")]
    [InlineData("application/json", """{"dataset":null,"model":"tiny"}""", 400, "dataset")]
    [InlineData("application/json", """{"dataset":"a","model":"tiny"}""", 400, "dataset")]
    public async Task Json_ThatIsNone_IsRefused(string type, string body, int status, string? fields)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        using HttpResponseMessage answer = await fixture.Http.PostAsync(new Uri("api/statistics", UriKind.Relative), content);

        ApiProblem problem = await ProblemAsync(answer, status);
        Assert.Equal(fields, problem.Errors is { } errors ? string.Join(", ", errors.Select(error => error.Field)) : null);
        Assert.DoesNotContain("Cil.", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_OfMoreThanARequestNeeds_IsRefusedUnread()
    {
        using var content = new StringContent(
            $$"""{"dataset":"{{new string('a', 70_000)}}","model":"tiny"}""", Encoding.UTF8, "application/json");

        using HttpResponseMessage answer = await fixture.Http.PostAsync(new Uri("api/statistics", UriKind.Relative), content);

        _ = await ProblemAsync(answer, 413);
    }

    [Theory]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\na thing", 400, null)]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a\"\r\n\r\na thing", 400, null)]
    [InlineData("no form", 400, null)]
    [InlineData("--b\r\nContent-Disposition: form-data\r\n\r\na thing\r\n--b--\r\n", 400, null)]
    [InlineData(
        "--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\nContent-Type: text/plain; charset=utf-7\r\n\r\na thing\r\n--b--\r\n",
        400,
        "prompt")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"mask\"; filename=\"a\"\r\n\r\na thing\r\n--b--\r\n", 400, "mask")]
    public async Task Form_ThatIsNone_IsRefused(string body, int status, string? field)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=b");

        using HttpResponseMessage answer = await fixture.Http.PostAsync(new Uri("api/jobs", UriKind.Relative), content);

        ApiProblem problem = await ProblemAsync(answer, status);
        Assert.Equal(field is null, problem.Errors is null);
        if (field is not null) Assert.Contains(field, problem.Errors!.Select(error => error.Field));
    }

    [Fact]
    public async Task Range_BehindTheEnd_IsRefusedWithTheLength()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("a thing"), "prompt" }, { new StringContent("1"), "steps" }, { new StringContent("range"), "id" },
            { new ByteArrayContent(PngWriter.Write(new byte[16 * 16 * 3], 16, 16)), "image", "picture.png" },
        };
        using HttpResponseMessage submitted = await fixture.Http.PostAsync(new Uri("api/jobs", UriKind.Relative), form);
        _ = await fixture.Http.GetStringAsync(new Uri("api/jobs/range/events", UriKind.Relative));
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/jobs/range/video")
        {
            Headers = { Range = new RangeHeaderValue(10_000_000, null) },
        };

        using HttpResponseMessage answer = await fixture.Http.SendAsync(request);

        _ = await ProblemAsync(answer, 416);
        Assert.True(answer.Content.Headers.ContentRange!.Length > 100);
    }

    internal static async Task<ApiProblem> ProblemAsync(HttpResponseMessage answer, int status)
    {
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Equal(ApiProblem.MediaType, answer.Content.Headers.ContentType?.MediaType);
        ApiProblem problem = (await answer.Content.ReadFromJsonAsync<ApiProblem>(ApiJson.Options))!;
        Assert.Equal(status, problem.Status);
        Assert.NotNull(problem.Code);
        Assert.NotNull(problem.TraceId);
        return problem;
    }
}
