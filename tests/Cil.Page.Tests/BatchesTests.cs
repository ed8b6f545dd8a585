using System.Text.RegularExpressions;
using Cil.Client.Jobs;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cil.Page.Tests;

/// <summary>Several videos of one request, and jobs that begin after others.</summary>
[Collection(BrowserCollection.Name)]
public sealed class BatchesTests(Browser browser, OpenFixture fixture) : IClassFixture<OpenFixture>, IAsyncLifetime
{
    private PageService Service => fixture.Service;

    public Task InitializeAsync() => Service.Client.PauseQueueAsync();

    public async Task DisposeAsync()
    {
        foreach (BatchSummary batch in await Service.Client.ListBatchesAsync(new JobQuery { Limit = 100 }))
            _ = await Service.Client.DeleteBatchAsync(batch.Id);
        foreach (JobSnapshot job in await Service.Client.ListAsync(new JobQuery { Limit = 1000 }))
            _ = await Service.Client.DeleteAsync(job.Id);
    }

    [Fact]
    public Task Batch_OfTwoPicturesAndTwoSeeds_IsSubmittedFollowedAndCancelled() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await page.GotoAsync("/#/batches");
        await Expect(page.GetByText("There are no batches.")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "New batch" }).ClickAsync();
        string second = Path.Combine(PageService.Repository, "samples", "coin.png");
        await page.GetByLabel("Picture", new() { Exact = true }).SetInputFilesAsync(new[] { PageService.Picture, second });
        await Expect(page.GetByAltText("Picture 2 of 2")).ToBeVisibleAsync();
        await page.GetByLabel("Prompt", new() { Exact = true }).FillAsync("several of them");
        await page.GetByLabel("or their seeds").FillAsync("3, 4");
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit the batch" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "several of them" })).ToBeVisibleAsync();
        await Expect(page.Locator(".now")).ToContainTextAsync("0 of 4 videos");
        await Expect(page.Locator(".member a")).ToHaveCountAsync(4);
        await Expect(page.Locator(".member").Last).ToContainTextAsync("seed 4, picture 2");
        await page.GetByRole(AriaRole.Link, new() { Name = "Batches" }).ClickAsync();
        ILocator row = page.Locator(".job.batch");
        await Expect(row).ToContainTextAsync("0 of 4 videos");
        await row.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Cancel the batch" }).ClickAsync();
        await Expect(row.Locator(".state")).ToHaveTextAsync("cancelled");
        await row.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.GetByText("There are no batches.")).ToBeVisibleAsync();
        Assert.Empty(await Service.Client.ListAsync(new JobQuery()));
    });

    [Fact]
    public Task Batch_ThatIsWrong_ShowsEachErrorAtItsField() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await page.GotoAsync("/#/new?batch=1");
        await page.GetByLabel("Videos of each picture").FillAsync("300");
        await page.GetByLabel("or their seeds").FillAsync("1, 1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit the batch" }).ClickAsync();

        await Expect(page.GetByLabel("Videos of each picture")).ToHaveAccessibleDescriptionAsync(new Regex("1 to 256, got 300"));
        await Expect(page.GetByLabel("or their seeds")).ToHaveAccessibleDescriptionAsync(new Regex("a seed is given twice"));
        await Expect(page.GetByLabel("Picture", new() { Exact = true })).ToHaveAttributeAsync("aria-invalid", "true");
    });

    [Fact]
    public Task Batch_ThatRenders_ShowsItsVideos() => browser.VisitAsync(Service.Url, async page =>
    {
        BatchReceipt receipt = await Service.Client.SubmitBatchAsync(
            new BatchRequest { Request = new RenderRequest { Model = PageService.Model, Prompt = "two of them", Steps = 2 }, Count = 2 },
            [Upload.OfFile(PageService.Picture)]);
        _ = await page.GotoAsync($"/#/batches/{receipt.Batch.Id}");
        await Expect(page.Locator(".now .state")).ToHaveTextAsync("queued");
        await Service.Client.UnpauseQueueAsync();

        await Expect(page.Locator(".now .state")).ToHaveTextAsync("completed", Browser.WhenRendered);
        await Expect(page.Locator(".now")).ToContainTextAsync("2 of 2 videos");
        await page.GetByRole(AriaRole.Link, new() { Name = "Video 2" }).ClickAsync();
        await Expect(page.GetByLabel("The video")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = receipt.Batch.Id.Value }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Video 1" })).ToBeVisibleAsync();
    });

    [Fact]
    public Task Job_ThatBeginsAfterAnother_IsMadeFromIt() => browser.VisitAsync(Service.Url, async page =>
    {
        JobSnapshot first = await Service.SubmitAsync("the first");
        _ = await page.GotoAsync($"/#/jobs/{first.Id}");
        await page.GetByRole(AriaRole.Link, new() { Name = "New job that begins after this one" }).ClickAsync();
        await page.GetByLabel("Picture", new() { Exact = true }).SetInputFilesAsync(PageService.Picture);
        await page.GetByLabel("Prompt", new() { Exact = true }).FillAsync("the second");
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "the second" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Why it waits" })).ToContainTextAsync($"begins when {first.Id}");
        await page.GetByRole(AriaRole.Link, new() { Name = first.Id.Value }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "the first" })).ToBeVisibleAsync();
    });
}
