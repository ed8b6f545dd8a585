using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Cil.TestKit.Http;

/// <summary>A real HTTPS server on this machine that keeps what it is sent and answers as the test says.</summary>
internal sealed class HttpsReceiver : IAsyncDisposable
{
    private readonly TestCertificate certificate;
    private readonly bool isOwn;
    private readonly Channel<ReceivedRequest> received = Channel.CreateUnbounded<ReceivedRequest>();
    private readonly ConcurrentQueue<Func<HttpContext, Task>> answers = new();
    private readonly WebApplication application;

    private HttpsReceiver(TestCertificate? given)
    {
        (certificate, isOwn) = (given ?? new TestCertificate(), given is null);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate.Certificate)));
        application = builder.Build();
        application.Run(ReceiveAsync);
    }

    /// <summary>Its address, such as https://localhost:1234.</summary>
    internal string Url => application.Urls.First().Replace("127.0.0.1", "localhost", StringComparison.Ordinal);

    /// <summary>The file to trust it by.</summary>
    internal string Authority => certificate.CertificateFile;

    /// <param name="certificate">Null for one of its own.</param>
    internal static async Task<HttpsReceiver> StartAsync(TestCertificate? certificate = null)
    {
        var receiver = new HttpsReceiver(certificate);
        await receiver.application.StartAsync();
        return receiver;
    }

    /// <summary>How the next request is answered that nothing was said of yet; without a word it is 204.</summary>
    internal void Answer(int status, params (string Name, string Value)[] headers) => Answer(http =>
    {
        http.Response.StatusCode = status;
        foreach ((string name, string value) in headers) http.Response.Headers[name] = value;
        return Task.CompletedTask;
    });

    internal void Answer(Func<HttpContext, Task> answer) => answers.Enqueue(answer);

    /// <summary>The next request that has come.</summary>
    internal async Task<ReceivedRequest> NextAsync(CancellationToken cancellationToken) =>
        await received.Reader.ReadAsync(cancellationToken);

    /// <summary>Whether there is a request that the test has not looked at.</summary>
    internal bool HasMore => received.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        await application.StopAsync(new CancellationToken(canceled: true));
        await application.DisposeAsync();
        if (isOwn) certificate.Dispose();
    }

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        Dictionary<string, string> headers = http.Request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Func<HttpContext, Task>? answer = answers.TryDequeue(out Func<HttpContext, Task>? said) ? said : null;
        _ = received.Writer.TryWrite(new ReceivedRequest(http.Request.Method, http.Request.Path, headers, body.ToArray()));
        if (answer is null) http.Response.StatusCode = StatusCodes.Status204NoContent;
        else await answer(http);
    }
}
