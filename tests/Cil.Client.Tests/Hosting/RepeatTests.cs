using System.Net;
using Cil.Client.Contracts;
using Cil.Client.Hosting;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cil.Client.Tests.Hosting;

/// <summary>Which calls a host's client repeats, and what comes of those that fail.</summary>
public sealed class RepeatTests
{
    private static readonly RenderJobId Job = new("one");

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.BadGateway)]
    public async Task Call_ThatMayBeRepeated_IsRepeatedUntilItIsAnswered(HttpStatusCode status)
    {
        var service = new ScriptedService(Answer(status), Answer(status), ScriptedService.Job(Job));
        await using ServiceProvider host = Host(service);

        JobSnapshot? job = await Client(host).GetAsync(Job);

        Assert.Equal((Job, 3), (job!.Id, service.Requests.Count));
    }

    [Fact]
    public async Task Submission_IsRepeatedWithTheSameKeyIdAndBody()
    {
        var service = new ScriptedService(Answer(HttpStatusCode.ServiceUnavailable), ScriptedService.Job(Job, HttpStatusCode.Created));
        await using ServiceProvider host = Host(service);
        var seen = new List<TransferProgress>();

        Receipt receipt = await Client(host).SubmitAsync(
            new RenderRequest { Model = "", Prompt = "a thing" }, Upload.Of(new byte[100_000], new Seen(seen)));

        Assert.True(receipt.IsNew);
        Assert.Equal(2, service.Requests.Count);
        Assert.Equal(service.Requests[0].Key, service.Requests[1].Key);
        Assert.NotNull(service.Requests[0].Key);
        // The boundary of the form's parts is the content's own, so that both are the same bytes.
        Assert.Equal(service.Requests[0].Body, service.Requests[1].Body);
        Assert.Equal(2, seen.Count(progress => progress.Bytes == 100_000 && progress.Total == 100_000));
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, false)]
    [InlineData(HttpStatusCode.Unauthorized, false)]
    [InlineData(HttpStatusCode.Forbidden, false)]
    [InlineData(HttpStatusCode.UnprocessableEntity, false)]
    [InlineData(HttpStatusCode.InternalServerError, true)]
    public async Task Call_ThatRepeatingDoesNotHelp_FailsAtOnceWithItsReason(HttpStatusCode status, bool isTransient)
    {
        var service = new ScriptedService(Answer(status));
        await using ServiceProvider host = Host(service);

        CilApiException error = await Assert.ThrowsAnyAsync<CilApiException>(() => Client(host).GetAsync(Job));

        _ = Assert.Single(service.Requests);
        Assert.Equal(((int?)status, "some_code", "trace", isTransient), (error.Status, error.Code, error.TraceId, error.IsTransient));
    }

    [Fact]
    public async Task RetryAfter_LongerThanTheCallerWaits_ComesToTheCallerAtOnce()
    {
        HttpResponseMessage full = Answer(HttpStatusCode.TooManyRequests);
        full.Headers.RetryAfter = new(TimeSpan.FromMinutes(10));
        var service = new ScriptedService(full);
        await using ServiceProvider host = Host(service);

        QueueFullException error = await Assert.ThrowsAsync<QueueFullException>(() => Client(host).GetAsync(Job));

        _ = Assert.Single(service.Requests);
        Assert.Equal((TimeSpan.FromMinutes(10), true), (error.RetryAfter, error.IsTransient));
    }

    [Fact]
    public async Task Service_ThatCannotBeReached_IsATransientErrorWithItsAddress()
    {
        var service = new ScriptedService(new HttpRequestException("refused"));
        await using ServiceProvider host = Host(service, options => options.Retries = 0);

        CilApiException error = await Assert.ThrowsAsync<CilApiException>(() => Client(host).GetAsync(Job));

        Assert.Equal((null, CilApiException.Unreachable, true), (error.Status, error.Code, error.IsTransient));
        Assert.Equal("http://grid.example/below/: refused", error.Message);
    }

    [Fact]
    public async Task Cancelled_IsNoErrorOfTheService()
    {
        var service = new ScriptedService(Answer(HttpStatusCode.ServiceUnavailable));
        await using ServiceProvider host = Host(service, options => options.RetryDelay = options.LongestDelay);
        using var cancel = new CancellationTokenSource();
        service.Answered += cancel.Cancel;

        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client(host).GetAsync(Job, cancel.Token));
    }

    [Fact]
    public async Task Options_ThatAreWrong_AreAllListed()
    {
        await using ServiceProvider host = new ServiceCollection().AddCilClient(options =>
        {
            (options.Address, options.Key, options.Retries) = (new Uri("ftp://grid"), "a key", 21);
            (options.Timeout, options.RetryDelay) = (TimeSpan.Zero, TimeSpan.Zero);
        }).Services.BuildServiceProvider();

        OptionsValidationException error = Assert.Throws<OptionsValidationException>(
            () => host.GetRequiredService<IOptions<CilClientOptions>>().Value);

        Assert.Equal(
            ["Address", "Key", "Retries", "RetryDelay", "Timeout"], error.Failures.Select(failure => failure.Split(':')[0]).Order());
    }

    private static ICilClient Client(ServiceProvider host) => host.GetRequiredService<ICilClient>();

    private static ServiceProvider Host(ScriptedService service, Action<CilClientOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddCilClient(options =>
        {
            (options.Address, options.RetryDelay) = (new Uri("http://grid.example/below"), TimeSpan.FromMilliseconds(1));
            configure?.Invoke(options);
        }).ConfigurePrimaryHttpMessageHandler(() => service);
        return services.BuildServiceProvider();
    }

    private static HttpResponseMessage Answer(HttpStatusCode status) => ScriptedService.Json(
        new ApiProblem { Status = (int)status, Code = "some_code", Detail = "a reason", TraceId = "trace" }, status);

    private sealed class Seen(List<TransferProgress> seen) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => seen.Add(value);
    }
}
