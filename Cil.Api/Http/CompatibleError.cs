using Microsoft.AspNetCore.Http;

namespace Cil.Api.Http;

/// <summary>An error below /v1, as clients of the Videos API read it.</summary>
internal sealed record CompatibleError(string Message, string Type, string? Param, string Code)
{
    internal static bool IsFor(HttpRequest request) => request.Path.StartsWithSegments("/v1", StringComparison.Ordinal);

    internal static string TypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        >= StatusCodes.Status500InternalServerError => "server_error",
        _ => "invalid_request_error",
    };
}
