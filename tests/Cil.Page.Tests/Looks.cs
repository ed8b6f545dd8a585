using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace Cil.Page.Tests;

/// <summary>Whether what a page shows can be used by everybody.</summary>
internal static class Looks
{
    // Where screenshots are put; none are taken where it is not set.
    private static readonly string? Album = Environment.GetEnvironmentVariable("CIL_SCREENSHOTS");

    /// <summary>No violation of axe's rules, and nothing wider than the screen.</summary>
    internal static async Task CheckAsync(IPage page, string name)
    {
        if (Album is not null) _ = await page.ScreenshotAsync(new() { Path = Path.Combine(Album, $"{name}.png"), FullPage = true });
        AxeResult result = await page.RunAxe();
        IEnumerable<string> violations = result.Violations
            .Select(one => $"{one.Id}: {one.Help}: {string.Join(", ", one.Nodes.Select(node => node.Html))}");
        Assert.True(result.Violations.Length == 0, $"{name}: {string.Join("; ", violations)}");
        int tooWide = await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(tooWide <= 0, $"{name}: {tooWide} pixels wider than the screen");
    }
}
