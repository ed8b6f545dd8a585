using Microsoft.AspNetCore.Http;

namespace Cil.Api.Http;

/// <summary>
/// What browsers are told of every answer: its type is what it says, it is for pages of this origin, and its address is
/// passed on to nobody.
/// </summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        http.Response.OnStarting(() =>
        {
            IHeaderDictionary headers = http.Response.Headers;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "no-referrer";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers.XFrameOptions = "DENY";
            return Task.CompletedTask;
        });
        return next(http);
    }
}
