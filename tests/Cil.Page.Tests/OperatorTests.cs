using System.Text.RegularExpressions;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Tenants;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cil.Page.Tests;

/// <summary>What operators change, and others do not: models that are paused, and tenants' limits. And a tenant's webhooks.</summary>
[Collection(BrowserCollection.Name)]
public sealed class OperatorTests(Browser browser, OpenFixture fixture) : IClassFixture<OpenFixture>
{
    private PageService Service => fixture.Service;

    [Fact]
    public Task Model_IsPausedAndResumed() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await page.GotoAsync("/#/models");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Pause {PageService.Model}" }).ClickAsync();
        await Expect(page.Locator(".card .state")).ToHaveTextAsync("paused");
        Assert.Equal([PageService.Model], (await Service.Client.QueueAsync()).PausedModels);
        _ = await page.GotoAsync("/#/queue");
        await Expect(page.GetByText($"Paused models: {PageService.Model}")).ToBeVisibleAsync();
        _ = await page.GotoAsync("/#/models");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Resume {PageService.Model}" }).ClickAsync();
        await Expect(page.Locator(".card .state")).ToHaveCountAsync(0);
        Assert.Empty((await Service.Client.QueueAsync()).PausedModels);
    });

    [Fact]
    public Task Limits_OfATenantAreChangedAndWhatIsWrongIsSaidAtItsField() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await Service.Client.SetQuotaAsync("studio", new TenantQuota { WaitingJobs = 7, JobWork = long.MaxValue / 2048 });
        // The queue knows a tenant that has sent a job.
        JobSnapshot job = await Service.SubmitAsync("the studio's", request => request with { Tenant = "studio", Steps = 1 });
        await Service.Client.CancelAsync(job.Id);
        try
        {
            _ = await page.GotoAsync("/#/tenants");
            ILocator card = page.GetByRole(AriaRole.Region, new() { Name = "studio" });
            await card.GetByRole(AriaRole.Button, new() { Name = "Change limits of studio" }).ClickAsync();
            await card.GetByLabel("Device seconds a day").FillAsync("-5");
            await card.GetByLabel("Largest job").FillAsync("");
            await card.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
            await Expect(card.GetByLabel("Device seconds a day")).ToHaveAccessibleDescriptionAsync(new Regex("a number from 0 on"));
            await card.GetByLabel("Device seconds a day").FillAsync("7200");
            await card.GetByLabel("Jobs are accepted until").FillAsync("2031-05-06T07:08");
            await card.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

            await Expect(card).ToContainTextAsync("of 2 h");
            await Expect(card).ToContainTextAsync("Jobs are accepted until");
            TenantQuota quota = (await Service.Client.TenantAsync("studio")).Quota;
            Assert.Equal((7, 7200, null), (quota.WaitingJobs, quota.DeviceSecondsPerDay, quota.JobWork));
            Assert.Equal(2031, quota.Until!.Value.Year);
        }
        finally
        {
            _ = await Service.Client.SetQuotaAsync("studio", new TenantQuota());
        }
    });

    [Fact]
    public Task Endpoint_IsAddedItsSecretShownOnceAndDeleted() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await page.GotoAsync("/#/webhooks");
        await page.GetByRole(AriaRole.Button, new() { Name = "New endpoint" }).ClickAsync();
        await page.GetByLabel("Name").FillAsync("mine");
        await page.GetByLabel("Address").FillAsync("http://example.org/hook");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("https");
        await page.GetByLabel("Address").FillAsync("https://hooks.invalid/cil");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Signing secret" })).ToContainTextAsync("whsec_");
        await page.GetByRole(AriaRole.Button, new() { Name = "I have it" }).ClickAsync();
        ILocator card = page.GetByRole(AriaRole.Region, new() { Name = "mine" });
        await Expect(card).ToContainTextAsync("https://hooks.invalid/cil");
        await card.GetByRole(AriaRole.Button, new() { Name = "Send an example" }).ClickAsync();
        await Expect(page.GetByText("the endpoint gave no answer")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Dismiss" }).ClickAsync();
        await card.GetByText("Deliveries").ClickAsync();
        await Expect(card).ToContainTextAsync("Nothing was sent yet.");
        await card.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.GetByText("There are no endpoints.")).ToBeVisibleAsync();
    });
}
