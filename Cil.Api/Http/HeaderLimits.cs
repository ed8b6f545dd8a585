using Cil.Client.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Cil.Api.Http;

/// <summary>
/// The limits of a request's first line and headers. The server's own, which close a connection without a word, are higher: what
/// lies between is answered.
/// </summary>
internal sealed class HeaderLimits(RequestDelegate next)
{
    internal const int AddressBytes = 8 << 10, HeaderBytes = 32 << 10, Headers = 100;

    /// <summary>How many times higher the server's own limits are.</summary>
    internal const int Slack = 16;

    public Task InvokeAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (request.Path.Value!.Length + (request.QueryString.Value?.Length ?? 0) > AddressBytes)
        {
            return new Problem(StatusCodes.Status414UriTooLong, ApiProblem.InvalidRequest, $"an address has at most {AddressBytes} bytes")
                .ExecuteAsync(context);
        }

        int bytes = 0;
        foreach (KeyValuePair<string, StringValues> header in request.Headers)
            foreach (string? value in header.Value) bytes += header.Key.Length + (value?.Length ?? 0);
        return bytes > HeaderBytes || request.Headers.Count > Headers
            ? new Problem(
                StatusCodes.Status431RequestHeaderFieldsTooLarge, ApiProblem.InvalidRequest,
                $"at most {Headers} headers of {HeaderBytes} bytes together").ExecuteAsync(context)
            : next(context);
    }
}
