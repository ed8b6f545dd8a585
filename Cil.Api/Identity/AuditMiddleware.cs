using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cil.Api.Identity;

/// <summary>One line for each change of state: who, what, from where, and what came of it. The log's line says when.</summary>
internal sealed partial class AuditMiddleware(RequestDelegate next, ILoggerFactory loggers)
{
    /// <summary>The log's category.</summary>
    internal const string Category = "Cil.Audit";

    private readonly ILogger logger = loggers.CreateLogger(Category);

    public async Task InvokeAsync(HttpContext http)
    {
        bool isChange = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        try
        {
            await next(http);
        }
        finally
        {
            // Without keys there is nobody to name.
            if (isChange && http.User.Identity?.IsAuthenticated == true && Caller.Of(http) is { IsLocal: false } caller)
                LogChange(caller.Tenant, caller.Name, http.Request.Method, http.Request.Path.ToUriComponent(), $"{http.Connection.RemoteIpAddress}", Status(http));
        }
    }

    private static int Status(HttpContext http) => http.Response.StatusCode;

    [LoggerMessage(Level = LogLevel.Information, Message = "Tenant {Tenant}, key {Key}: {Method} {Path} from {Address}: {Status}")]
    private partial void LogChange(string tenant, string key, string method, string path, string address, int status);
}
