using System.Text.Json;
using Cil.Api.Http;
using Cil.Client.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Runtime;

namespace Cil.Api.Tests.Http;

public sealed class ErrorMiddlewareTests
{
    public static TheoryData<Exception, int, string> Errors => new()
    {
        { new OrleansException("no silo at 10.0.0.7:11111"), 503, ApiProblem.Unavailable },
        { new TimeoutException("redis://secret@host"), 503, ApiProblem.Unavailable },
        { new IOException("/var/lib/cil/state/job/x.json: broken pipe"), 503, ApiProblem.Unavailable },
        {
            // As a silo of a version before says that it does not know a call.
            new TypeLoadException(
                "Unable to resolve type alias \"(\"inv\",[Orleans.Runtime.GrainReference],[Cil.Interfaces.Batches.IRenderBatchGrain],"
                    + "\"Summary\")\"."),
            503, ApiProblem.Unavailable
        },
        { new TypeLoadException("Could not load type 'Cil.Grains.Jobs.Other'"), 500, ApiProblem.Internal },
        { new InvalidOperationException("at Cil.Grains.Jobs"), 500, ApiProblem.Internal },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Error_OfTheInside_IsAProblemThatTellsNothingOfIt(Exception error, int status, string code)
    {
        (ApiProblem problem, string text, _) = await AnswerAsync(() => throw error);

        Assert.Equal((status, code), (problem.Status, problem.Code));
        Assert.DoesNotContain(error.Message, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FullDisk_Is507()
    {
        // A device that is always full gives the system's own error.
        (ApiProblem problem, _, HttpResponse response) = await AnswerAsync(() => File.WriteAllBytesAsync("/dev/full", new byte[1 << 16]));

        Assert.Equal((507, ApiProblem.StorageFull), (problem.Status, problem.Code));
        Assert.Equal("60", response.Headers.RetryAfter);
    }

    private static async Task<(ApiProblem Problem, string Text, HttpResponse Response)> AnswerAsync(Func<Task> fail)
    {
        using ServiceProvider services = new ServiceCollection().AddLogging().BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services, Response = { Body = body } };
        await new ErrorMiddleware(_ => fail(), NullLogger<ErrorMiddleware>.Instance).InvokeAsync(context);
        string text = System.Text.Encoding.UTF8.GetString(body.ToArray());
        return (JsonSerializer.Deserialize<ApiProblem>(text, ApiJson.Options)!, text, context.Response);
    }
}
