using System.Globalization;
using Cil.Client.Jobs;
using Microsoft.AspNetCore.Diagnostics;

namespace RenderService;

/// <summary>Passes on what the grid refuses: what is wrong with the request, or when to come again.</summary>
internal sealed class GridErrors : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not CilApiException error) return false;
        if (error.RetryAfter is { } wait)
            httpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        IResult answer = error switch
        {
            RequestRefusedException refused => Results.ValidationProblem(
                refused.Errors.GroupBy(one => one.Field).ToDictionary(
                    field => field.Key, field => field.Select(one => one.Message).ToArray())),
            { IsTransient: true } => Results.Problem(error.Message, statusCode: StatusCodes.Status503ServiceUnavailable),
            _ => Results.Problem(error.Message, statusCode: StatusCodes.Status502BadGateway),
        };
        await answer.ExecuteAsync(httpContext);
        return true;
    }
}
