using System.Diagnostics;
using System.Globalization;
using Cil.Client.Contracts;
using Cil.Interfaces;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Cil.Api.Http;

/// <summary>
/// An answer that is no success: a problem of RFC 9457, on every route. It names no path, no address and nothing of storage.
/// </summary>
/// <param name="Status">HTTP's.</param>
/// <param name="Code">One of <see cref="ApiProblem"/>'s.</param>
/// <param name="Detail">For people.</param>
internal sealed record Problem(int Status, string Code, string Detail) : IResult
{
    public IReadOnlyList<RequestError> Errors { get; init; } = [];

    /// <summary>When the same request may be sent again; null where that is of no use.</summary>
    public TimeSpan? RetryAfter { get; init; }

    internal static Problem NotFound(string what) => new(StatusCodes.Status404NotFound, ApiProblem.NotFound, what);

    internal static Problem Refused(IReadOnlyList<RequestError> errors) => new(
        StatusCodes.Status400BadRequest, ApiProblem.InvalidRequest,
        string.Join("; ", errors.Select(error => $"{error.Field}: {error.Message}")))
    { Errors = errors };

    internal static Problem Refused(string field, string message) => Refused([new RequestError(field, message)]);

    /// <summary>What a status says where nothing more is known.</summary>
    internal static Problem Of(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => new Problem(status, ApiProblem.Unauthorized, "a key is needed: Authorization: Bearer cil_…"),
        StatusCodes.Status403Forbidden => new Problem(status, ApiProblem.Forbidden, "the key does not allow this"),
        StatusCodes.Status404NotFound => new Problem(status, ApiProblem.NotFound, "there is no such address"),
        StatusCodes.Status405MethodNotAllowed => new Problem(
            status, ApiProblem.MethodNotAllowed, "the address does not know this method; the header Allow lists those that it knows"),
        StatusCodes.Status413PayloadTooLarge => new Problem(status, ApiProblem.TooLarge, "the body is larger than this service takes"),
        StatusCodes.Status415UnsupportedMediaType =>
            new Problem(status, ApiProblem.UnsupportedMediaType, "the body's content type is not one that this address takes"),
        StatusCodes.Status416RangeNotSatisfiable => new Problem(
            status, ApiProblem.RangeNotSatisfiable, "the range lies behind the end; the header Content-Range says how long it is"),
        StatusCodes.Status429TooManyRequests =>
            new Problem(status, ApiProblem.RateLimited, "too many requests; the header Retry-After says when to try again"),
        StatusCodes.Status503ServiceUnavailable => new Problem(
            status, ApiProblem.Unavailable, "the service cannot do this for a moment; try again")
        { RetryAfter = TimeSpan.FromSeconds(1) },
        StatusCodes.Status507InsufficientStorage =>
            new Problem(status, ApiProblem.StorageFull, "the service's storage is full") { RetryAfter = TimeSpan.FromMinutes(1) },
        >= StatusCodes.Status500InternalServerError =>
            new Problem(status, ApiProblem.Internal, "the service failed; its log says more under this trace id"),
        _ => new Problem(status, ApiProblem.InvalidRequest, "the request cannot be read"),
    };

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        // The clients below /v1 do not wait longer than a minute; and are told where that would be of no use.
        TimeSpan? longest = CompatibleError.IsFor(httpContext.Request) ? TimeSpan.FromMinutes(1) : null;
        if (RetryAfter > longest) httpContext.Response.Headers["x-should-retry"] = "false";
        if ((RetryAfter > longest ? longest : RetryAfter) is { } wait)
            httpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        httpContext.Response.Headers.CacheControl = "no-store";
        if (CompatibleError.IsFor(httpContext.Request))
        {
            var error = new CompatibleError(Detail, CompatibleError.TypeOf(Status), Errors is [var first, ..] ? first.Field : null, Code);
            await Results.Json(new { error }, ApiJson.Options, statusCode: Status).ExecuteAsync(httpContext);
            return;
        }

        var details = new ProblemDetails
        {
            Type = "about:blank", Status = Status,
            Title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(Status), Detail = Detail,
        };
        details.Extensions["code"] = Code;
        if (Errors.Count > 0) details.Extensions["errors"] = Errors.Select(error => error.ToApi()).ToArray();
        details.Extensions["traceId"] = Activity.Current?.Id ?? httpContext.TraceIdentifier;
        await Results.Json(details, ApiJson.Options, ApiProblem.MediaType, Status).ExecuteAsync(httpContext);
    }
}
