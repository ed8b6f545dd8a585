using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Media.Images;

namespace Cil.Api.Tests;

/// <summary>Lists that are filtered or followed, and what else of a job can be looked at.</summary>
public sealed class ListTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(1);

    private ICilClient Client => fixture.Service.Client;

    public Task InitializeAsync() => Client.PauseQueueAsync();

    public async Task DisposeAsync()
    {
        foreach (JobSnapshot job in await Client.ListAsync(new JobQuery { Limit = 1000 })) _ = await Client.DeleteAsync(job.Id);
    }

    [Fact]
    public async Task List_IsFilteredByStateModelAndText()
    {
        RenderJobId leopard = await SubmitAsync("a Leopard"),
            coin = await SubmitAsync("a coin"), gone = await SubmitAsync("a leopard that goes");
        await Client.CancelAsync(gone);

        Assert.Equal([gone, leopard], await IdsAsync("text=LEOPARD"));
        Assert.Equal([coin, leopard], await IdsAsync("state=queued,running"));
        Assert.Equal([leopard], await IdsAsync("state=queued&text=leopard&model=tiny"));
        Assert.Equal([leopard, gone], await IdsAsync("text=leopard&order=asc"));
        Assert.Equal([coin], await IdsAsync($"text={coin.Value[3..]}"));
        Assert.Empty(await IdsAsync("model=another"));
    }

    [Fact]
    public async Task List_ThatIsFiltered_HasPagesToo()
    {
        RenderJobId first = await SubmitAsync("a sun");
        _ = await SubmitAsync("a coin");
        RenderJobId second = await SubmitAsync("a sun");

        ApiJobPage page = (await fixture.Http.GetFromJsonAsync<ApiJobPage>("api/jobs?text=sun&limit=1", ApiJson.Options))!;
        ApiJobPage last = (await fixture.Http.GetFromJsonAsync<ApiJobPage>(
            $"api/jobs?text=sun&limit=1&after={page.Next}", ApiJson.Options))!;

        Assert.Equal((second.Value, true), (page.Jobs[0].Id, page.HasMore));
        Assert.Equal((first.Value, false), (last.Jobs[0].Id, last.HasMore));
    }

    [Fact]
    public async Task List_OfAStateThatIsNone_IsRefusedWithThoseThatAre()
    {
        using HttpResponseMessage answer = await fixture.Http.GetAsync(new Uri("api/jobs?state=queued,asleep", UriKind.Relative));

        ApiFieldError error = Assert.Single((await answer.Content.ReadFromJsonAsync<ApiProblem>(ApiJson.Options))!.Errors!);
        Assert.Equal((HttpStatusCode.BadRequest, "state"), (answer.StatusCode, error.Field));
        Assert.EndsWith("got 'asleep'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_AreThePageNowAndWheneverItHasChanged()
    {
        using var timeout = new CancellationTokenSource(TimeLimit);
        await using Stream stream = await fixture.Http.GetStreamAsync(new Uri("api/events?limit=5", UriKind.Relative), timeout.Token);
        await using IAsyncEnumerator<SseItem<string>> events = SseParser.Create(stream)
            .EnumerateAsync(timeout.Token)
            .GetAsyncEnumerator(timeout.Token);

        Assert.Empty(await NextAsync());
        RenderJobId job = await SubmitAsync("a late one");
        Assert.Equal((job.Value, ApiJobState.Queued), Shown(await NextAsync()));
        await Client.CancelAsync(job);
        Assert.Equal((job.Value, ApiJobState.Cancelled), Shown(await NextAsync()));
        _ = await Client.DeleteAsync(job);
        Assert.Empty(await NextAsync());

        async Task<IReadOnlyList<ApiJob>> NextAsync()
        {
            do Assert.True(await events.MoveNextAsync());
            while (events.Current.Data is "" or "null");
            return JsonSerializer.Deserialize<ApiJobPage>(events.Current.Data, ApiJson.Options)!.Jobs;
        }
    }

    [Fact]
    public async Task Job_ShowsItsDetailsAndItsPicture()
    {
        RenderJobId job = await SubmitAsync("a thing");

        ApiJobDetails details = (await fixture.Http.GetFromJsonAsync<ApiJobDetails>($"api/jobs/{job}/details", ApiJson.Options))!;
        using HttpResponseMessage picture = await fixture.Http.GetAsync(new Uri($"api/jobs/{job}/image", UriKind.Relative));

        Assert.Equal(("mp4", 1, "auto"), (details.Container, details.Steps, details.AnalyticInit));
        Assert.Contains(details.Chunks, chunk => chunk is { Kind: ApiChunkKind.Denoise, Done: 0, Worker: null });
        Assert.Equal((HttpStatusCode.OK, "image/png"), (picture.StatusCode, picture.Content.Headers.ContentType?.MediaType));
        Assert.Equal("PNG"u8.ToArray(), (await picture.Content.ReadAsByteArrayAsync())[1..4]);
        using HttpResponseMessage missing = await fixture.Http.GetAsync(new Uri("api/jobs/nobody/image", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Priority_ThatIsNoNumber_IsRefusedByItsName()
    {
        RenderJobId job = await SubmitAsync("a thing");

        foreach (object body in (object[])[new { priority = 101 }, new { priority = "high" }, new { }])
        {
            using HttpResponseMessage answer = await fixture.Http.PutAsJsonAsync(
                new Uri($"api/jobs/{job}/priority", UriKind.Relative), body);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }

        Assert.Equal(0, (await Client.GetAsync(job))!.Priority);
    }

    [Fact]
    public async Task Models_AndTheSession_AreTold()
    {
        ApiModel model = Assert.Single((await fixture.Http.GetFromJsonAsync<List<ApiModel>>("api/models", ApiJson.Options))!);
        ApiSession session = (await fixture.Http.GetFromJsonAsync<ApiSession>("api/session", ApiJson.Options))!;

        Assert.Equal(("tiny", 32, 4), (model.Name, model.Width, model.Frames));
        Assert.Contains(model.Presets, preset => preset.Name == "dynamicrafter");
        Assert.Equal(("default", true, false), (session.Tenant, session.IsLocal, session.HasSignIn));
    }

    private static (string, ApiJobState) Shown(IReadOnlyList<ApiJob> jobs) =>
        Assert.Single(jobs) is { } job ? (job.Id, job.State) : default;

    private async Task<RenderJobId> SubmitAsync(string prompt) =>
        (await Client.SubmitAsync(
            new RenderRequest { Model = "tiny", Prompt = prompt, Steps = 1 }, PngWriter.Write(new byte[16 * 16 * 3], 16, 16))).Id;

    private async Task<IEnumerable<RenderJobId>> IdsAsync(string query) =>
        (await fixture.Http.GetFromJsonAsync<ApiJobPage>($"api/jobs?{query}", ApiJson.Options))!.Jobs
            .Select(job => new RenderJobId(job.Id));
}
