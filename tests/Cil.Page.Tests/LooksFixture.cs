using System.Net.Http.Json;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Tenants;
using Cil.Interfaces.Webhooks;

namespace Cil.Page.Tests;

/// <summary>A service with a job in each state, and a tenant near the end of its budget.</summary>
public sealed class LooksFixture : IAsyncLifetime
{
    internal PageService Service { get; } = new();

    internal RenderJobId Waiting { get; private set; }

    /// <summary>Views: a name, the address, and what is there once it is loaded.</summary>
    internal IReadOnlyList<(string Name, string Address, string Sign)> Places { get; private set; } = [];

    public async Task InitializeAsync()
    {
        _ = await Service.StartAsync();
        JobSnapshot made = await Service.SubmitAsync("a tangerine moving to the left");
        await foreach (JobSnapshot _ in Service.Client.WatchAsync(made.Id)) { }
        await Service.Client.PauseQueueAsync();
        JobSnapshot failed = await Service.SubmitAsync(
            "a panda that grows", request => request with { Deadline = DateTimeOffset.UtcNow.AddSeconds(1), Tenant = "studio" });
        await foreach (JobSnapshot _ in Service.Client.WatchAsync(failed.Id)) { }
        JobSnapshot cancelled = await Service.SubmitAsync("a coin moving up");
        await Service.Client.CancelAsync(cancelled.Id);
        _ = await Service.SubmitAsync(
            "a leopard moving to the right, slowly at first and then faster and faster until nobody can see it any more",
            request => request with { Tenant = "studio", Priority = 5 });
        Waiting = (await Service.SubmitAsync("the sun moving down")).Id;
        JobSnapshot paused = await Service.SubmitAsync("a puzzle piece that shrinks");
        _ = await Service.Client.PauseAsync(paused.Id);
        _ = await Service.Client.SetQuotaAsync(
            "studio", new TenantQuota { WaitingJobs = 2, DeviceSecondsPerDay = 3600, StoredBytes = 1L << 30 });
        BatchReceipt batch = await Service.Client.SubmitBatchAsync(
            new BatchRequest { Request = new RenderRequest { Model = PageService.Model, Prompt = "a cat that grows" }, Seeds = [1, 2, 3] },
            [Upload.OfFile(PageService.Picture)]);
        await Service.Client.PauseModelAsync(PageService.Model);
        using var http = new HttpClient { BaseAddress = new Uri(Service.Url) };
        using HttpResponseMessage endpoint = await http.PostAsJsonAsync(
            new Uri("v1/webhook_endpoints", UriKind.Relative),
            new { name = "editing", url = "https://hooks.invalid/cil", event_types = WebhookEventTypes.All });
        _ = endpoint.EnsureSuccessStatusCode();
        Places =
        [
            ("jobs", "/#/jobs", ".job"),
            ("none", "/#/jobs?text=nothing", ".empty"),
            ("made", $"/#/jobs/{made.Id}", "video"),
            ("failed", $"/#/jobs/{failed.Id}", ".chunks"),
            ("waiting", $"/#/jobs/{Waiting}", ".note"),
            ("missing", "/#/jobs/nobody", ".fault"),
            ("batches", "/#/batches", ".job"),
            ("batch", $"/#/batches/{batch.Batch.Id}", ".member"),
            ("new", "/#/new", ".drop"),
            ("queue", "/#/queue", "td"),
            ("workers", "/#/workers", "td"),
            ("tenants", "/#/tenants", ".card"),
            ("models", "/#/models", ".card .paused"),
            ("webhooks", "/#/webhooks", ".card"),
        ];
    }

    public async Task DisposeAsync() => await Service.DisposeAsync();
}
