using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cil.Page.Tests;

/// <summary>A service that goes away and comes back.</summary>
[Collection(BrowserCollection.Name)]
public sealed class RestartTests(Browser browser)
{
    [Fact]
    public async Task Page_AfterTheServiceWasRestarted_GoesOnByItself()
    {
        await using PageService service = await new PageService().StartAsync();
        await service.Client.PauseQueueAsync();
        _ = await service.SubmitAsync("before the restart");
        await browser.VisitAsync(service.Url, async page =>
        {
            _ = await page.GotoAsync("/");
            await Expect(page.Locator(".wire")).ToHaveTextAsync("Live");
            await service.StopAsync();
            await Expect(page.Locator(".wire")).ToContainTextAsync("Connecting again");
            await Expect(page.Locator(".job")).ToContainTextAsync("before the restart");
            _ = await service.StartAsync();
            await Expect(page.Locator(".wire")).ToHaveTextAsync("Live");
            _ = await service.SubmitAsync("after the restart");
            await Expect(page.Locator(".job").First).ToContainTextAsync("after the restart");
        });
    }
}
