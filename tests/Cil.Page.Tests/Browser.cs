using Microsoft.Playwright;

namespace Cil.Page.Tests;

/// <summary>Debian's chromium, driven by Playwright.</summary>
public sealed class Browser : IAsyncLifetime
{
    // The tests' machine may be busy with other things.
    private const float TimeLimit = 60_000, RenderPatience = 300_000;

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    /// <summary>For what comes when a video is made.</summary>
    internal static LocatorAssertionsToHaveTextOptions WhenRendered { get; } = new() { Timeout = RenderPatience };

    public async Task InitializeAsync()
    {
        string program = Places.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"no browser; install the package chromium. Looked at: {string.Join(", ", Places)}");
        playwright = await Playwright.CreateAsync();
        // Without its sandbox, since tests run as root in containers; it shows pages of this service alone.
        browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = program, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
        Assertions.SetDefaultExpectTimeout(TimeLimit);
    }

    public async Task DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    /// <summary>
    /// Opens the page in a browser that knows nothing yet, and asks that nothing is thrown and no policy is violated in it.
    /// </summary>
    internal async Task VisitAsync(string url, Func<IPage, Task> visit, View? view = null)
    {
        view ??= View.Desktop;
        await using IBrowserContext context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = url,
            ViewportSize = new ViewportSize { Width = view.Width, Height = view.Height },
            HasTouch = view.IsPhone,
            ColorScheme = view.IsDark ? ColorScheme.Dark : ColorScheme.Light,
            AcceptDownloads = true,
        });
        context.SetDefaultTimeout(TimeLimit);
        IPage page = await context.NewPageAsync();
        var wrong = new List<string>();
        page.PageError += (_, error) => wrong.Add(error);
        page.Console += (_, message) =>
        {
            if (message.Text.Contains("Content Security Policy", StringComparison.OrdinalIgnoreCase)
                || message.Text.Contains("Refused to", StringComparison.Ordinal))
            {
                wrong.Add(message.Text);
            }
        };
        page.Dialog += (_, dialog) =>
        {
            wrong.Add($"a dialog: {dialog.Message}");
            _ = dialog.DismissAsync();
        };
        await visit(page);
        Assert.Empty(wrong);
    }
}
