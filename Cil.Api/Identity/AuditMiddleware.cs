using Cil.Api.Http;
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
        try
        {
            await next(http);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // What is thrown becomes an answer further outside.
            bool isGone = http.RequestAborted.IsCancellationRequested;
            Log(http, isGone ? StatusCodes.Status499ClientClosedRequest : ErrorMiddleware.StatusOf(error));
            throw;
        }

        Log(http, http.Response.StatusCode);
    }

    private void Log(HttpContext http, int status)
    {
        if (HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) return;
        if (!logger.IsEnabled(LogLevel.Information) || http.User.Identity?.IsAuthenticated != true) return;
        Caller caller = Caller.Of(http);
        string path = http.Request.Path.ToUriComponent(), address = $"{http.Connection.RemoteIpAddress}";
        LogChange(caller.Tenant, caller.Name, http.Request.Method, path, address, status);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Tenant {Tenant}, key {Key}: {Method} {Path} from {Address}: {Status}")]
    private partial void LogChange(string tenant, string key, string method, string path, string address, int status);
}
