using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Cil.Api.Http;

/// <summary>Makes a problem of every error: of what is thrown, and of a status that came without a body.</summary>
internal sealed partial class ErrorMiddleware(RequestDelegate next, ILogger<ErrorMiddleware> logger)
{
    // ENOSPC and EDQUOT, as .NET has them of Linux, and its own for a file that was to be made larger.
    private const int NoSpace = 28, OverQuota = 122, DiskFull = unchecked((int)0x80070070);

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
            context.Abort();
            return;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            Problem problem = Explain(error);
            if (problem.Status >= StatusCodes.Status500InternalServerError)
                LogFailed(error, context.Request.Method, context.Request.Path, problem.Status);
            if (context.Response.HasStarted)
            {
                context.Abort();
                return;
            }

            context.Response.Clear();
            await problem.ExecuteAsync(context);
            return;
        }

        HttpResponse response = context.Response;
        if (response.StatusCode < StatusCodes.Status400BadRequest || response.HasStarted) return;
        response.ContentLength = null;
        await Problem.Of(response.StatusCode).ExecuteAsync(context);
    }

    /// <summary>The status that an error is answered with.</summary>
    internal static int StatusOf(Exception error) => Explain(error).Status;

    private static Problem Explain(Exception error) => error switch
    {
        RequestRefusedException refused => Problem.Refused(refused.Faults),
        RequestMismatchException mismatch => new Problem(StatusCodes.Status422UnprocessableEntity, ApiProblem.Mismatch, mismatch.Message),
        QueueFullException full => new Problem(
            StatusCodes.Status429TooManyRequests, full.Code, full.Message)
        { RetryAfter = full.RetryAfter },
        BadHttpRequestException bad =>
            Problem.Of(bad.StatusCode) is { Code: ApiProblem.InvalidRequest or ApiProblem.UnsupportedMediaType } problem
                ? problem with { Detail = bad.Message }
                : Problem.Of(bad.StatusCode),
        _ when IsFull(error) => Problem.Of(StatusCodes.Status507InsufficientStorage),
        // A silo is being lost, and another takes its grains up in a moment; or storage is out of reach.
        OrleansException or TimeoutException or IOException => Problem.Of(StatusCodes.Status503ServiceUnavailable),
        _ when IsUnknownCall(error) => Problem.Of(StatusCodes.Status503ServiceUnavailable),
        _ => Problem.Of(StatusCodes.Status500InternalServerError),
    };

    // While one version replaces another, a grain that lives on a silo of the version before does not know a call that is new.
    private static bool IsUnknownCall(Exception error) =>
        error is TypeLoadException && error.Message.Contains("type alias", StringComparison.Ordinal)
            && error.Message.Contains("\"inv\"", StringComparison.Ordinal);

    private static bool IsFull(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
            if (cause is IOException { HResult: NoSpace or OverQuota or DiskFull }) return true;
        return false;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} ends in {Status}")]
    private partial void LogFailed(Exception error, string method, string path, int status);
}
