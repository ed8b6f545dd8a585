using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Cil.Client.Contracts;
using Cil.Client.Jobs;

namespace Cil.Client.Http;

/// <summary>Makes an exception of an answer that is no success.</summary>
internal static class ApiErrors
{
    private static readonly TimeSpan StandardWait = TimeSpan.FromSeconds(1);

    internal static async Task<CilApiException> OfAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        ApiProblem? problem = null;
        try
        {
            problem = await answer.Content.ReadFromJsonAsync<ApiProblem>(ApiJson.Options, cancellationToken);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException)
        {
            // Something between us and the service answered.
        }

        string reason = problem?.Detail ?? problem?.Title ?? answer.ReasonPhrase ?? "no reason given";
        TimeSpan? wait = Wait(answer.Headers.RetryAfter);
        return (answer.StatusCode, problem) switch
        {
            (HttpStatusCode.BadRequest, { Errors.Count: > 0 }) =>
                new RequestRefusedException([.. problem.Errors.Select(error => error.FromApi())]) { TraceId = problem.TraceId },
            (HttpStatusCode.UnprocessableEntity, { Code: ApiProblem.Mismatch }) =>
                new RequestMismatchException(reason) { TraceId = problem.TraceId },
            (HttpStatusCode.TooManyRequests, not null) =>
                new QueueFullException(reason, wait ?? StandardWait, problem.Code ?? ApiProblem.QueueFull) { TraceId = problem.TraceId },
            _ => new CilApiException(
                (int)answer.StatusCode, problem?.Code ?? Code(answer.StatusCode),
                $"{answer.RequestMessage?.RequestUri}: {(int)answer.StatusCode} {reason}")
            {
                RetryAfter = wait,
                TraceId = problem?.TraceId,
            },
        };
    }

    private static string Code(HttpStatusCode status) =>
        status >= HttpStatusCode.InternalServerError ? ApiProblem.Unavailable : ApiProblem.InvalidRequest;

    private static TimeSpan? Wait(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > DateTimeOffset.UtcNow => date - DateTimeOffset.UtcNow,
        _ => null,
    };
}
