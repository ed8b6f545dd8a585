using System.Diagnostics;

namespace Cil.Page.Tests;

/// <summary>The page's files as they are served, and as they are made.</summary>
public sealed class FilesTests(OpenFixture fixture) : IClassFixture<OpenFixture>
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("/", "text/html")]
    [InlineData("/page.js", "text/javascript")]
    [InlineData("/page.css", "text/css")]
    [InlineData("/page.svg", "image/svg+xml")]
    public async Task File_IsServedWithAStrictPolicy(string path, string type)
    {
        using var http = new HttpClient { BaseAddress = new Uri(fixture.Service.Url) };
        using HttpResponseMessage answer = await http.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal((200, type), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; ", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(answer.Headers.GetValues("Referrer-Policy")));
        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { answer.Headers.ETag! } } };
        using HttpResponseMessage unchanged = await http.SendAsync(again);
        Assert.Equal(304, (int)unchanged.StatusCode);
    }

    [Fact]
    public async Task Html_HasNoScriptOrStyleOfItsOwn()
    {
        string html = await File.ReadAllTextAsync(Path.Combine(PageService.Repository, "Cil.Api", "Page", "dist", "index.html"));

        Assert.DoesNotMatch("<style|<script(?![^>]* src=)|style=|\\son[a-z]+=|https?:", html);
    }

    [Fact]
    public async Task Files_AreWhatTheSourcesMake()
    {
        string source = Path.Combine(PageService.Repository, "Cil.Api", "Page", "web"),
            folder = Path.Combine(PageService.Repository, "artifacts", "page");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("node_modules", StringComparison.Ordinal)))
        {
            string copy = Path.Combine(folder, Path.GetRelativePath(source, file));
            _ = Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }

        await RunAsync("npm", folder, "ci", "--no-audit", "--no-fund", "--loglevel=error");
        await RunAsync("npm", folder, "run", "check");
        await RunAsync("node", folder, "build.mjs", "made");

        string kept = Path.Combine(PageService.Repository, "Cil.Api", "Page", "dist");
        foreach (string file in Directory.GetFiles(Path.Combine(folder, "made")))
        {
            string made = await File.ReadAllTextAsync(file),
                stored = await File.ReadAllTextAsync(Path.Combine(kept, Path.GetFileName(file)));
            Assert.True(
                made == stored,
                $"Cil.Api/Page/dist/{Path.GetFileName(file)} is not what the sources make: cd Cil.Api/Page/web && npm ci && npm run build");
        }

        Assert.Equal(4, Directory.GetFiles(kept).Length);
    }

    private static async Task RunAsync(string program, string folder, params string[] arguments)
    {
        using var timeout = new CancellationTokenSource(TimeLimit);
        using Process process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(timeout.Token),
            errors = process.StandardError.ReadToEndAsync(timeout.Token);
        try
        {
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await errors}{await output}");
    }
}
