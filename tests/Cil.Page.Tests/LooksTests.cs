using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cil.Page.Tests;

/// <summary>
/// Every view, at a desk and on a phone, in light and in dark: no violation of axe's rules, and nothing wider than the
/// screen.
/// </summary>
[Collection(BrowserCollection.Name)]
public sealed class LooksTests(Browser browser, LooksFixture fixture) : IClassFixture<LooksFixture>
{
    public static TheoryData<string> Views => [.. View.All.Select(view => view.Name)];

    [Theory]
    [MemberData(nameof(Views))]
    public Task Views_AreAccessibleAndFitTheScreen(string name)
    {
        View view = View.All.Single(one => one.Name == name);
        return browser.VisitAsync(fixture.Service.Url, async page =>
        {
            foreach ((string place, string address, string sign) in fixture.Places)
            {
                _ = await page.GotoAsync(address);
                await Expect(page.Locator(sign).First).ToBeVisibleAsync();
                await page.EvaluateAsync("() => document.fonts.ready");
                // What is folded away is looked at too.
                await page.EvaluateAsync("() => document.querySelectorAll('main details').forEach(fold => fold.open = true)");
                await Looks.CheckAsync(page, $"{place}-{name}");
            }

            await page.Locator(".settings summary").ClickAsync();
            await Looks.CheckAsync(page, $"settings-{name}");
        }, view);
    }

    [Fact]
    public Task Dialog_AndErrors_AreAccessible() => browser.VisitAsync(fixture.Service.Url, async page =>
    {
        _ = await page.GotoAsync("/#/new");
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();
        await Expect(page.GetByLabel("Picture", new() { Exact = true })).ToHaveAttributeAsync("aria-invalid", "true");
        await Looks.CheckAsync(page, "errors-desktop");
        _ = await page.GotoAsync($"/#/jobs/{fixture.Waiting}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Looks.CheckAsync(page, "dialog-desktop");
        _ = await page.GotoAsync("/#/tenants");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change limits of studio" }).ClickAsync();
        await Looks.CheckAsync(page, "limits-desktop");
        _ = await page.GotoAsync("/#/webhooks");
        await page.GetByRole(AriaRole.Button, new() { Name = "New endpoint" }).ClickAsync();
        await Looks.CheckAsync(page, "endpoint-desktop");
        _ = await page.GotoAsync("/#/new?batch=1");
        await page.GetByLabel("Picture", new() { Exact = true }).SetInputFilesAsync(
            new[] { PageService.Picture, Path.Combine(PageService.Repository, "samples", "coin.png") });
        await Expect(page.GetByAltText("Picture 2 of 2")).ToBeVisibleAsync();
        await Looks.CheckAsync(page, "batch-new-desktop");
    });

    [Fact]
    public Task Colours_FollowTheSystemAndTheSwitch() => browser.VisitAsync(fixture.Service.Url, async page =>
    {
        _ = await page.GotoAsync("/");
        Task<string> Ground() => page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");
        string light = await Ground();
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        string dark = await Ground();
        Assert.NotEqual(light, dark);
        await page.Locator(".settings summary").ClickAsync();
        _ = await page.GetByLabel("Colours").SelectOptionAsync("light");
        Assert.Equal(light, await Ground());
        _ = await page.ReloadAsync();
        await Expect(page.Locator("h1")).ToBeVisibleAsync();
        Assert.Equal(light, await Ground());
    });
}
