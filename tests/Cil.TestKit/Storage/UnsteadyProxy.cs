using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Cil.TestKit.Storage;

/// <summary>Stands before a storage service, hands requests on as they are, and lets some of them go wrong.</summary>
internal sealed class UnsteadyProxy : IAsyncDisposable
{
    // They are about one connection, and must not be handed on.
    private static readonly string[] OfTheConnection = ["Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Expect"];

    private readonly WebApplication application;
    private readonly HttpClient service;
    private readonly Func<string, StorageFault> fault;
    private readonly TimeSpan slow;

    private UnsteadyProxy(WebApplication application, Uri service, Func<string, StorageFault> fault, TimeSpan slow)
    {
        (this.application, this.fault, this.slow) = (application, fault, slow);
        this.service = new HttpClient(new SocketsHttpHandler
        {
            UseCookies = false, AutomaticDecompression = DecompressionMethods.None, AllowAutoRedirect = false,
        })
        { BaseAddress = service };
    }

    internal Uri Address => new(application.Urls.First());

    /// <param name="fault">Decides over each request, told its method and path, from any thread.</param>
    /// <param name="slow">How long a slow one waits.</param>
    internal static async Task<UnsteadyProxy> StartAsync(Uri service, Func<string, StorageFault> fault, TimeSpan slow)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        WebApplication application = builder.Build();
        var proxy = new UnsteadyProxy(application, service, fault, slow);
        application.Run(proxy.AnswerAsync);
        await application.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        // What hangs is not waited for.
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await application.StopAsync(now.Token);
        await application.DisposeAsync();
        service.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        StorageFault how = fault($"{context.Request.Method} {context.Request.Path}");
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        byte[] content = body.ToArray();
        switch (how)
        {
            case StorageFault.Refused:
                context.Response.StatusCode = (int)HttpStatusCode.ServiceUnavailable;
                return;
            case StorageFault.Hangs:
                await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
                return;
            case StorageFault.Slow:
                await Task.Delay(slow);
                break;
            case StorageFault.Twice:
                (await SendAsync(context.Request, content)).Dispose();
                break;
        }

        using HttpResponseMessage answer = await SendAsync(context.Request, content);
        if (how == StorageFault.AnswerLost)
        {
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
            if (!OfTheConnection.Contains(name, StringComparer.OrdinalIgnoreCase)) context.Response.Headers[name] = values.ToArray();
        if (!HttpMethods.IsHead(context.Request.Method)) await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequest request, byte[] content)
    {
        // As it came, not decoded and encoded again: its signature is over it.
        string target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(service.BaseAddress!, target));
        if (content.Length > 0 || request.ContentLength is not null) message.Content = new ByteArrayContent(content);
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in request.Headers)
        {
            if (OfTheConnection.Contains(name, StringComparer.OrdinalIgnoreCase)) continue;
            if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!))
                _ = message.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!);
        }

        return await service.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
    }
}
