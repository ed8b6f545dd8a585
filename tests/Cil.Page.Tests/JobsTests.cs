using System.Text.RegularExpressions;
using Cil.Interfaces.Jobs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cil.Page.Tests;

/// <summary>The list of jobs and what can be done with them.</summary>
[Collection(BrowserCollection.Name)]
public sealed class JobsTests(Browser browser, OpenFixture fixture) : IClassFixture<OpenFixture>, IAsyncLifetime
{
    private PageService Service => fixture.Service;

    // Nothing is rendered but where a test lets it.
    public Task InitializeAsync() => Service.Client.PauseQueueAsync();

    public async Task DisposeAsync()
    {
        foreach (JobSnapshot job in await Service.Client.ListAsync(new JobQuery { Limit = 1000 }))
            _ = await Service.Client.DeleteAsync(job.Id);
    }

    [Fact]
    public Task List_IsFilteredByTextStateAndModel() => browser.VisitAsync(Service.Url, async page =>
    {
        JobSnapshot first = await Service.SubmitAsync("the first leopard");
        _ = await Service.SubmitAsync("a second coin");
        await Service.Client.CancelAsync(first.Id);
        _ = await page.GotoAsync("/");
        ILocator rows = page.Locator(".job");
        await Expect(rows).ToHaveCountAsync(2);

        await page.GetByLabel("Text").FillAsync("LEOPARD");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("the first leopard");
        await page.GetByRole(AriaRole.Button, new() { Name = "Clear" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);
        _ = await page.GetByLabel("State").SelectOptionAsync("queued");
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(rows).ToContainTextAsync("a second coin");
        _ = await page.GetByLabel("Model").SelectOptionAsync(PageService.Model);
        _ = await page.ReloadAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await page.GetByLabel("Text").FillAsync("nothing of the kind");
        await Expect(page.GetByText("No job fits these filters.")).ToBeVisibleAsync();
    });

    [Fact]
    public Task List_OfMoreThanAPage_IsTurnedOver() => browser.VisitAsync(Service.Url, async page =>
    {
        for (int i = 1; i <= 21; i++) _ = await Service.SubmitAsync($"job number {i}");
        _ = await page.GotoAsync("/");
        await Expect(page.Locator(".job")).ToHaveCountAsync(20);
        await page.GetByRole(AriaRole.Link, new() { Name = "Older" }).ClickAsync();
        await Expect(page.Locator(".job")).ToHaveCountAsync(1);
        await Expect(page.Locator(".job")).ToContainTextAsync("job number 1");
        await page.GetByRole(AriaRole.Link, new() { Name = "Newest" }).ClickAsync();
        await Expect(page.Locator(".job")).ToHaveCountAsync(20);
    });

    [Fact]
    public Task List_ShowsAJobThatComesAndOneThatGoes() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await page.GotoAsync("/");
        await Expect(page.GetByText("There are no jobs yet.")).ToBeVisibleAsync();
        JobSnapshot job = await Service.SubmitAsync("a late one");
        await Expect(page.Locator(".job")).ToContainTextAsync("a late one");
        _ = await Service.Client.DeleteAsync(job.Id);
        await Expect(page.GetByText("There are no jobs yet.")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Job_IsPausedResumedAndCancelledFromTheList() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await Service.SubmitAsync("to be paused");
        _ = await page.GotoAsync("/");
        ILocator row = page.Locator(".job"), state = row.Locator(".state");
        await row.GetByRole(AriaRole.Button, new() { Name = "Pause" }).ClickAsync();
        await Expect(state).ToHaveTextAsync("paused");
        await row.GetByRole(AriaRole.Button, new() { Name = "Resume" }).ClickAsync();
        await Expect(state).ToHaveTextAsync("queued");
        await row.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Go back" }).ClickAsync();
        await Expect(state).ToHaveTextAsync("queued");
        await row.GetByRole(AriaRole.Button, new() { Name = "Cancel" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Cancel the job" }).ClickAsync();
        await Expect(state).ToHaveTextAsync("cancelled");
    });

    [Fact]
    public Task Job_ThatWaits_SaysWhyAndMovesWithItsPriority() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await Service.SubmitAsync("an older one");
        JobSnapshot job = await Service.SubmitAsync("a younger one");
        _ = await page.GotoAsync($"/#/jobs/{job.Id}");
        await Expect(page.GetByText("1 job before it.")).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Why it waits" })).ToContainTextAsync("paused");
        await page.GetByLabel("Priority").FillAsync("7");
        await page.GetByRole(AriaRole.Button, new() { Name = "Set", Exact = true }).ClickAsync();
        await Expect(page.GetByText("It is next.")).ToBeVisibleAsync();
        Assert.Equal(7, (await Service.Client.GetAsync(job.Id))!.Priority);
    });

    [Fact]
    public Task Job_ThatFailed_SaysWhyAndIsTriedAgain() => browser.VisitAsync(Service.Url, async page =>
    {
        JobSnapshot job = await Service.SubmitAsync("too late", request => request with { Deadline = DateTimeOffset.UtcNow.AddSeconds(2) });
        _ = await page.GotoAsync($"/#/jobs/{job.Id}");
        await Expect(page.GetByRole(AriaRole.Region, new() { Name = "Error" })).ToContainTextAsync("not done by its deadline");
        await Service.Client.UnpauseQueueAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(page.Locator(".now .state")).ToHaveTextAsync("completed", Browser.WhenRendered);
        await Expect(page.GetByLabel("The video")).ToBeVisibleAsync();
        await Expect(page.GetByText("Deleted").Locator("+ dd")).ToHaveTextAsync(new Regex("^in [0-9]+ d$"));
    });

    [Fact]
    public Task Draft_IsLookedAtAndApproved() => browser.VisitAsync(Service.Url, async page =>
    {
        await Service.Client.UnpauseQueueAsync();
        JobSnapshot job = await Service.SubmitAsync("a draft first", request => request with { Approval = true });
        _ = await page.GotoAsync($"/#/jobs/{job.Id}");
        await Expect(page.Locator(".now .state")).ToHaveTextAsync("awaiting approval", Browser.WhenRendered);
        await Expect(page.Locator("figcaption").First).ToContainTextAsync("Draft");
        await Expect(page.GetByLabel("The video")).ToHaveJSPropertyAsync("videoWidth", 64);
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await Expect(page.Locator(".now .state")).ToHaveTextAsync("completed", Browser.WhenRendered);
    });

    [Fact]
    public Task Prompt_WithMarkupAndControlCharacters_IsShownAsText() => browser.VisitAsync(Service.Url, async page =>
    {
        const string Markup = "<script>alert(1)</script><img src=x onerror=alert(2)>";
        JobSnapshot job = await Service.SubmitAsync($"{Markup}\u001b[31m\u202e");
        _ = await page.GotoAsync("/");
        await Expect(page.Locator(".prompt")).ToHaveTextAsync($"{Markup}\u241b[31m[U+202E]");
        await page.Locator(".prompt").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync($"{Markup}\u241b[31m[U+202E]");
        Assert.Equal(0, await page.Locator("main script, main img[src=x]").CountAsync());
        Assert.Equal(job.Id.Value, await page.Locator(".facts .id").First.TextContentAsync());
    });

    [Fact]
    public Task Job_IsDeletedWithItsVideo() => browser.VisitAsync(Service.Url, async page =>
    {
        JobSnapshot job = await Service.SubmitAsync("to be deleted");
        _ = await page.GotoAsync($"/#/jobs/{job.Id}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Delete" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(new Regex("#/jobs$"));
        await Expect(page.GetByText("There are no jobs yet.")).ToBeVisibleAsync();
        Assert.Null(await Service.Client.GetAsync(job.Id));
    });

    [Fact]
    public Task Queue_IsPausedAndResumedByAnOperator() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await page.GotoAsync("/#/queue");
        await Expect(page.GetByText("nothing is handed out")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Resume the queue" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause the queue" })).ToBeVisibleAsync();
        Assert.False((await Service.Client.QueueAsync()).IsPaused);
    });

    [Fact]
    public Task ReadOnly_OffersNothingThatChangesAJob() => browser.VisitAsync(Service.Url, async page =>
    {
        JobSnapshot job = await Service.SubmitAsync("only looked at");
        _ = await page.GotoAsync("/");
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToBeVisibleAsync();
        await page.Locator(".settings summary").ClickAsync();
        await page.GetByLabel("Read-only").CheckAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).ToHaveCountAsync(0);
        _ = await page.GotoAsync($"/#/jobs/{job.Id}");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "only looked at" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Cancel" })).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Priority")).ToHaveCountAsync(0);
    });
}
