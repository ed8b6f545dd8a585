using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Cil.Grains.Tests.Grid;
using Cil.Grains.Webhooks;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Webhooks;
using Cil.Silo.Options;
using Cil.TestKit.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Cil.Grains.Tests.Webhooks;

/// <summary>A grid and a real HTTPS server that it tells; the test says what the server answers and what time it is.</summary>
public abstract class WebhookGrid : IAsyncLifetime
{
    private protected const string Tenant = "default", Unsent = "unsent/default";

    private protected static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    private protected HttpsReceiver receiver = null!;
    private protected TestGrid grid = null!;

    private protected IWebhookGrain Webhooks => grid.Webhooks(Tenant);

    public async Task InitializeAsync()
    {
        receiver = await HttpsReceiver.StartAsync();
        grid = await TestGrid.StartAsync(devices: 0, services => services
            .Configure<OutboundOptions>(
                outbound => (outbound.Authorities, outbound.Networks, outbound.WebhookTimeout) =
                    (receiver.Authority, ["127.0.0.0/8", "::1/128"], Limit))
            .Configure<WebhookOptions>(webhooks => (webhooks.MaxEndpoints, webhooks.KeptDeliveries) = (3, 2)));
    }

    public async Task DisposeAsync()
    {
        await grid.DisposeAsync();
        await receiver.DisposeAsync();
    }

    private protected static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private protected static string Signature(string secret, ReceivedRequest request)
    {
        byte[] content =
            [.. Encoding.UTF8.GetBytes($"{request.Headers["webhook-id"]}.{request.Headers["webhook-timestamp"]}."), .. request.Body];
        return $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), content))}";
    }

    private protected static WebhookAnswer.Done Done(WebhookAnswer answer) => Assert.IsType<WebhookAnswer.Done>(answer);

    private protected WebhookSettings Settings(string path, params string[] types) =>
        new() { Name = $"to {path}", Url = $"{receiver.Url}{path}", EventTypes = types.Length > 0 ? types : WebhookEventTypes.All };

    private protected async Task<(WebhookEndpoint Endpoint, string Secret)> CreateAsync(string path, params string[] types)
    {
        WebhookAnswer.Done done = Done(await Webhooks.CreateAsync(Settings(path, types)));
        return (done.Endpoint, done.Secret!);
    }

    private protected async Task<RenderJobId> CompleteAsync(string model)
    {
        RenderJobId id = await grid.SubmitAsync(model);
        await grid.RenderAllAsync("a/0", model);
        Assert.Equal(JobState.Completed, (await grid.EndAsync(id)).State);
        return id;
    }

    private protected async Task<ReceivedRequest> NextAsync(bool passTime = false)
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (passTime && !receiver.HasMore)
        {
            grid.Clock.Advance(TestGrid.Leasing.Keep);
            await Task.Delay(10, timeout);
        }

        return await receiver.NextAsync(timeout);
    }

    /// <summary>Waits until nothing is to be delivered: a delivery is stored as done a moment before it is taken off the list.</summary>
    private protected async Task DeliveredAsync()
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (await Webhooks.ResumeAsync()) await Task.Delay(10, timeout);
    }

    private protected async Task<WebhookDelivery> UntilAsync(WebhookEndpoint endpoint, Func<WebhookDelivery, bool> condition)
    {
        CancellationToken timeout = TestGrid.Timeout();
        while (true)
        {
            if ((await Webhooks.DeliveriesAsync(endpoint.Id))!.FirstOrDefault(condition) is { } found) return found;
            await Task.Delay(10, timeout);
        }
    }
}
