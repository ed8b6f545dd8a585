using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Cil.Page.Tests;

/// <summary>From a picture to a video that plays, and what is said of a request that cannot be one.</summary>
[Collection(BrowserCollection.Name)]
public sealed class SubmitTests(Browser browser, OpenFixture fixture) : IClassFixture<OpenFixture>
{
    // All that is shown of a job on the way, however short it is shown.
    private const string Recorder = """
        () => {
          window.seen = new Set();
          new MutationObserver(() => {
            const state = document.querySelector('.now .state'), bar = document.querySelector('.one > .bar');
            if (state) window.seen.add(state.textContent);
            if (bar) window.seen.add(bar.getAttribute('aria-valuenow'));
            if (document.querySelector('img[alt^="What the middle frame"]')) window.seen.add('preview');
          }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
        }
        """;

    private PageService Service => fixture.Service;

    [Fact]
    public Task Picture_BecomesAVideoThatPlaysWhileItsProgressIsShown() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await page.GotoAsync("/#/new");
        await page.EvaluateAsync(Recorder);
        await page.GetByLabel("Picture", new() { Exact = true }).SetInputFilesAsync(PageService.Picture);
        await Expect(page.GetByAltText("The picture that will be sent")).ToBeVisibleAsync();
        await page.GetByLabel("Prompt", new() { Exact = true }).FillAsync("a tangerine moving to the left");
        await page.GetByText("Advanced").ClickAsync();
        await page.GetByLabel("Steps", new() { Exact = true }).FillAsync("6");
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "a tangerine moving to the left" })).ToBeVisibleAsync();
        await Expect(page.Locator(".now .state")).ToHaveTextAsync("completed", Browser.WhenRendered);
        string[] seen = await page.EvaluateAsync<string[]>("() => [...window.seen]");
        Assert.Contains("running", seen);
        Assert.Contains("preview", seen);
        int[] progress = [.. seen.Where(one => char.IsAsciiDigit(one[0])).Select(one => int.Parse(one, CultureInfo.InvariantCulture))];
        Assert.True(progress.Length >= 3, string.Join(" ", seen));
        Assert.Equal(progress.Order(), progress);
        ILocator video = page.GetByLabel("The video");
        await video.EvaluateAsync("video => video.play()");
        await page.WaitForFunctionAsync(
            "() => { const video = document.querySelector('video'); return video.currentTime > 0.2 && video.videoWidth === 64; }");
        await Expect(page.GetByText("pixels a frame")).ToBeVisibleAsync();
        await Expect(page.GetByText(new Regex("^([0-9]+) of \\1 chunks done"))).ToBeVisibleAsync();
        await Expect(page.GetByAltText("The picture that the video is made from")).ToHaveJSPropertyAsync("naturalWidth", 320);
        Task<IDownload> waits = page.WaitForDownloadAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Download" }).ClickAsync();
        IDownload download = await waits;
        Assert.EndsWith(".mp4", download.SuggestedFilename, StringComparison.Ordinal);
        Assert.Equal("ftyp"u8.ToArray(), (await File.ReadAllBytesAsync(await download.PathAsync()))[4..8]);
    });

    [Fact]
    public Task Request_ThatIsWrong_ShowsEachErrorAtItsField() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await page.GotoAsync("/#/new");
        await page.GetByLabel("Width").FillAsync("33");
        await page.GetByLabel("Seed", new() { Exact = true }).FillAsync("-1");
        await page.GetByText("Advanced").ClickAsync();
        await page.GetByLabel("Steps", new() { Exact = true }).FillAsync("many");
        await page.GetByText("Advanced").ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Alert).First).ToContainTextAsync("Not submitted: 4 fields are not right.");
        foreach ((string label, string message) in new[]
        {
            ("Picture", "nothing was sent"), ("Width", "multiples of 16"),
            ("Seed", "got '-1'"), ("Steps", "expected a whole number, got 'many'"),
        })
        {
            ILocator field = page.GetByLabel(label, new() { Exact = true });
            await Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
            await Expect(field).ToHaveAccessibleDescriptionAsync(new Regex(Regex.Escape(message)));
        }

        await Expect(page.GetByLabel("Picture", new() { Exact = true })).ToBeFocusedAsync();
        await page.GetByLabel("Width").FillAsync("64");
        await Expect(page.GetByLabel("Width")).ToHaveAttributeAsync("aria-invalid", "false");
    });

    [Fact]
    public Task File_ThatIsNoPicture_IsRefusedAtThePicture() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await page.GotoAsync("/#/new");
        await page.GetByLabel("Picture", new() { Exact = true })
            .SetInputFilesAsync(new FilePayload { Name = "page.svg", MimeType = "image/png", Buffer = "no picture"u8.ToArray() });
        await page.GetByLabel("Prompt", new() { Exact = true }).FillAsync("a thing");
        await page.GetByRole(AriaRole.Button, new() { Name = "Submit" }).ClickAsync();

        await Expect(page.GetByLabel("Picture", new() { Exact = true })).ToHaveAccessibleDescriptionAsync(
            new Regex("expected a picture .*got text"));
    });

    [Fact]
    public Task Picture_MayBeDropped() => browser.VisitAsync(Service.Url, async page =>
    {
        _ = await page.GotoAsync("/#/new");
        string bytes = Convert.ToBase64String(await File.ReadAllBytesAsync(PageService.Picture));
        IJSHandle data = await page.EvaluateHandleAsync(
            """
            text => {
              const data = new DataTransfer();
              const bytes = Uint8Array.from(atob(text), c => c.charCodeAt(0));
              data.items.add(new File([bytes], 'dropped.png', { type: 'image/png' }));
              return data;
            }
            """,
            bytes);
        await page.DispatchEventAsync(".drop", "drop", new Dictionary<string, object> { ["dataTransfer"] = data });

        await Expect(page.GetByText("dropped.png")).ToBeVisibleAsync();
        await Expect(page.GetByAltText("The picture that will be sent")).ToBeVisibleAsync();
    });

    [Fact]
    public Task Keyboard_AloneMakesAJobAndCancelsIt() => browser.VisitAsync(Service.Url, async page =>
    {
        await Service.Client.PauseQueueAsync();
        try
        {
            _ = await page.GotoAsync("/");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Jobs" })).ToBeVisibleAsync();
            await TabToAsync(page, page.GetByRole(AriaRole.Link, new() { Name = "New job" }));
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "New job" })).ToBeFocusedAsync();
            ILocator picture = page.GetByLabel("Picture", new() { Exact = true });
            await TabToAsync(page, picture);
            Task<IFileChooser> chooser = page.WaitForFileChooserAsync();
            await page.Keyboard.PressAsync("Enter");
            await (await chooser).SetFilesAsync(PageService.Picture);
            await TabToAsync(page, page.GetByLabel("Prompt", new() { Exact = true }));
            await page.Keyboard.TypeAsync("by keyboard");
            await TabToAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Submit" }));
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.GetByRole(AriaRole.Heading, new() { Name = "by keyboard" })).ToBeFocusedAsync();

            await TabToAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Cancel" }));
            await page.Keyboard.PressAsync("Enter");
            await TabToAsync(page, page.GetByRole(AriaRole.Button, new() { Name = "Cancel the job" }));
            await page.Keyboard.PressAsync("Enter");
            await Expect(page.Locator(".now .state")).ToHaveTextAsync("cancelled");
        }
        finally
        {
            await Service.Client.UnpauseQueueAsync();
        }
    });

    // To what can be reached, and can be seen to have the focus.
    private static async Task TabToAsync(IPage page, ILocator target)
    {
        const int Most = 60;
        await Expect(target).ToBeVisibleAsync();
        for (int i = 0; i < Most; i++)
        {
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                Assert.NotEqual("none", await target.EvaluateAsync<string>("element => getComputedStyle(element).outlineStyle"));
                return;
            }

            await page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"{target} is not reached with the key Tab");
    }
}
