using System.Net;
using Cil.Api.Identity;
using Cil.Api.Tests.Identity;
using Cil.Interfaces.Jobs;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cil.Page.Tests;

/// <summary>Who sees what: keys, scopes, tenants and people who sign in.</summary>
[Collection(BrowserCollection.Name)]
public sealed class SignInTests(Browser browser) : IAsyncLifetime
{
    private PageService Service { get; } = new();
    private JobSnapshot job = null!;

    public async Task InitializeAsync()
    {
        string operators = await Service.KeyAsync("farm", Scope.Operator);
        Assert.NotEmpty(operators);
        _ = await Service.StartAsync();
        await Service.Client.PauseQueueAsync();
        job = await Service.SubmitAsync("the studio's job", request => request with { Tenant = "studio" });
    }

    public async Task DisposeAsync() => await Service.DisposeAsync();

    [Fact]
    public async Task Key_ShowsItsTenantsJobsUntilSigningOut()
    {
        string key = await Service.KeyAsync("studio", Scope.Render);
        await browser.VisitAsync(Service.Url, async page =>
        {
            _ = await page.GotoAsync("/");
            await page.GetByLabel("Key").FillAsync("cil_0000000000000000_0000000000000000000000000000000000000000000");
            await page.GetByRole(AriaRole.Button, new() { Name = "Enter" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("does not take this key");
            await EnterAsync(page, key);
            await Expect(page.Locator(".job")).ToContainTextAsync("the studio's job");
            await page.Locator(".prompt").ClickAsync();
            await Expect(page.GetByAltText("The picture that the video is made from")).ToHaveJSPropertyAsync("naturalWidth", 320);
            await page.Locator(".settings summary").ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
            await Expect(page.GetByLabel("Key")).ToBeVisibleAsync();
            Assert.Null(await page.EvaluateAsync<string?>("() => sessionStorage.getItem('cil.key')"));
        });
    }

    [Fact]
    public async Task Form_IsAccessibleAndFitsTheScreen()
    {
        foreach (View view in View.All)
        {
            await browser.VisitAsync(Service.Url, async page =>
            {
                _ = await page.GotoAsync("/");
                await EnterAsync(page, "no key");
                await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("does not take this key");
                await Looks.CheckAsync(page, $"sign-in-{view.Name}");
            }, view);
        }
    }

    [Fact]
    public async Task Key_ThatReads_OffersNoChange()
    {
        string key = await Service.KeyAsync("studio", Scope.Read);
        await browser.VisitAsync(Service.Url, async page =>
        {
            _ = await page.GotoAsync("/");
            await EnterAsync(page, key);
            await Expect(page.Locator(".job")).ToContainTextAsync("the studio's job");
            await Expect(page.GetByText("New job")).ToHaveCountAsync(0);
            await Expect(page.Locator(".job button")).ToHaveCountAsync(0);
            _ = await page.GotoAsync("/#/new");
            await Expect(page.GetByText("You may look at jobs here, not make any.")).ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task Key_OfAnotherTenant_SeesNothing()
    {
        string key = await Service.KeyAsync("other", Scope.Render);
        await browser.VisitAsync(Service.Url, async page =>
        {
            _ = await page.GotoAsync("/");
            await EnterAsync(page, key);
            await Expect(page.GetByText("There are no jobs yet.")).ToBeVisibleAsync();
            _ = await page.GotoAsync($"/#/jobs/{job.Id}");
            await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("is not there");
            _ = await page.GotoAsync("/#/tenants");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "other" })).ToBeVisibleAsync();
            Assert.DoesNotContain("studio", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Operator_SeesAllTenantsAndChoosesOne()
    {
        _ = await Service.SubmitAsync("another's job", request => request with { Tenant = "other" });
        string key = await Service.KeyAsync("farm", Scope.Operator);
        await browser.VisitAsync(Service.Url, async page =>
        {
            _ = await page.GotoAsync("/");
            await EnterAsync(page, key);
            await Expect(page.Locator(".job")).ToHaveCountAsync(2);
            _ = await page.GetByLabel("Tenant").SelectOptionAsync("studio");
            await Expect(page.Locator(".job")).ToHaveCountAsync(1);
            await Expect(page.Locator(".job")).ToContainTextAsync("the studio's job");
        });
    }

    [Fact]
    public async Task Key_ThatIsRevoked_LeadsBackToSigningIn()
    {
        string key = await Service.KeyAsync("studio", Scope.Render);
        await browser.VisitAsync(Service.Url, async page =>
        {
            _ = await page.GotoAsync("/");
            await EnterAsync(page, key);
            await Expect(page.Locator(".job")).ToHaveCountAsync(1);
            _ = await Service.Keys.RevokeAsync(ApiKeyText.Parse(key)!.Id);
            // A key is believed for some seconds.
            _ = await page.GotoAsync("/#/queue");
            await Expect(page.GetByLabel("Key")).ToBeVisibleAsync();
        });
    }

    [Fact]
    public async Task Person_SignsInWithTheProviderAndOutAgain()
    {
        await Service.StopAsync();
        await using Issuer issuer = await new Issuer(
            new() { ["sub"] = "someone", ["tenant"] = "studio", ["scope"] = "render" }).StartAsync();
        _ = await Service.StartAsync(
            options => options.Identity.OpenIdConnect = new SignInOptions
            {
                Authority = issuer.Url, ClientId = Issuer.Audience, ClientSecret = "secret", RequireHttps = false,
            });
        await browser.VisitAsync(Service.Url, async page =>
        {
            _ = await page.GotoAsync("/");
            await page.GetByRole(AriaRole.Link, new() { Name = "Sign in" }).ClickAsync();
            await Expect(page.Locator(".job")).ToContainTextAsync("the studio's job");
            await page.GetByRole(AriaRole.Button, new() { Name = "Resume" })
                .Or(page.GetByRole(AriaRole.Button, new() { Name = "Pause" })).First
                .ClickAsync();
            await Expect(page.Locator(".job .state")).ToHaveTextAsync("paused");
            await page.Locator(".settings summary").ClickAsync();
            await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
            await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Sign in" })).ToBeVisibleAsync();
            Assert.Equal((int)HttpStatusCode.Unauthorized, (await page.APIRequest.GetAsync($"{Service.Url}/api/jobs")).Status);
        });
    }

    private static async Task EnterAsync(IPage page, string key)
    {
        await page.GetByLabel("Key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Enter" }).ClickAsync();
    }
}
