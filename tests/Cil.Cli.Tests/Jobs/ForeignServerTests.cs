using System.Net;
using System.Net.Sockets;
using System.Text;
using Cil.Cli.Tests.Render;
using Cil.TestKit.Http;

namespace Cil.Cli.Tests.Jobs;

/// <summary>Whatever is at the address of --url, the program says so in one line.</summary>
public sealed class ForeignServerTests : IDisposable
{
    private readonly RenderFolder folder = new();
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);

    public ForeignServerTests() => listener.Start();

    public void Dispose()
    {
        listener.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("jobs")]
    [InlineData("webhooks list")]
    public async Task Https_OfACertificateThatNobodyTrusts_IsSaidWithItsReason(string command)
    {
        await using HttpsReceiver receiver = await HttpsReceiver.StartAsync();

        Assert.Matches(
            @"^cil: --url: [^\n]*The SSL connection could not be established: The remote certificate is invalid[^\n]*\n$",
            await RefusedAsync(command, receiver.Url));
    }

    [Theory]
    [InlineData("jobs", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n", "", @"api/jobs: expected the API of a Cil service, got 404")]
    [InlineData("webhooks list", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n", "<p/>", "API of a Cil service")]
    [InlineData("jobs", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n", "<p/>", "got 200 with text/html")]
    [InlineData("watch a", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n", "<p/>", "got 200 with text/html")]
    [InlineData("jobs", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n", "{", "ended prematurely")]
    [InlineData("jobs", "SSH-2.0-OpenSSH_9.2\r\n", "", "invalid")]
    public async Task Answer_OfAnotherProgram_IsSaidInOneLine(string command, string head, string body, string words)
    {
        _ = AnswerAsync($"{head}\r\n{body}");

        Assert.Matches($@"^cil: --url: [^\n]*{words}[^\n]*\n$", await RefusedAsync(command, $"http://{listener.LocalEndpoint}"));
    }

    [Fact]
    public async Task Https_OfAServerWithoutTls_IsSaidInOneLine()
    {
        _ = AnswerAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");

        Assert.Matches(
            @"^cil: --url: [^\n]*The SSL connection could not be established: [^\n]+\n$",
            await RefusedAsync("jobs", $"https://{listener.LocalEndpoint}"));
    }

    private async Task<string> RefusedAsync(string command, string url)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder.Path, [.. command.Split(' '), "--url", url]);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.DoesNotContain("inner exception", outcome.Errors, StringComparison.Ordinal);
        return outcome.Errors;
    }

    private async Task AnswerAsync(string text)
    {
        while (true)
        {
            using TcpClient client = await listener.AcceptTcpClientAsync();
            _ = await client.GetStream().ReadAsync(new byte[1 << 12]);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text));
        }
    }
}
