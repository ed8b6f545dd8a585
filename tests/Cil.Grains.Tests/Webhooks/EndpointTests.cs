using Cil.Interfaces.Webhooks;
using Cil.TestKit.Http;

namespace Cil.Grains.Tests.Webhooks;

/// <summary>Endpoints of a tenant: their settings, secrets, examples, and what is kept of their deliveries.</summary>
public sealed class EndpointTests : WebhookGrid
{
    [Fact]
    public async Task Endpoint_ThatIsGone_IsDisabled_UntilItsAddressIsGivenAgain()
    {
        receiver.Answer(410);
        (WebhookEndpoint endpoint, _) = await CreateAsync("/hook");
        _ = await CompleteAsync("gone");
        _ = await NextAsync();
        WebhookDelivery given = await UntilAsync(endpoint, one => one.State == WebhookDeliveryState.Failed);
        Assert.Equal((410, null), (Assert.Single(given.Attempts).Status, given.NextAttemptAt));
        Assert.NotNull(Assert.Single(await Webhooks.ListAsync()).DisabledAt);

        _ = await CompleteAsync("unheard");
        Assert.Single((await Webhooks.DeliveriesAsync(endpoint.Id))!);
        Assert.IsType<WebhookAnswer.Done>(await Webhooks.UpdateAsync(endpoint.Id, new WebhookSettings { Url = endpoint.Url }));
        _ = await CompleteAsync("heard");

        _ = await NextAsync();
        Assert.Null(Assert.Single(await Webhooks.ListAsync()).DisabledAt);
        Assert.False(receiver.HasMore);
    }

    [Fact]
    public async Task Secret_ThatIsRotated_IsJoinedByTheOldOneForADay()
    {
        (WebhookEndpoint endpoint, string old) = await CreateAsync("/hook");
        string young = Done(await Webhooks.RotateSecretAsync(endpoint.Id, keepOld: true)).Secret!;

        _ = await CompleteAsync("both");
        ReceivedRequest both = await NextAsync();
        grid.Clock.Advance(TimeSpan.FromHours(24));
        _ = await CompleteAsync("one");
        ReceivedRequest one = await NextAsync();
        string youngest = Done(await Webhooks.RotateSecretAsync(endpoint.Id, keepOld: false)).Secret!;
        _ = await CompleteAsync("other");
        ReceivedRequest other = await NextAsync();

        Assert.Equal($"{Signature(young, both)} {Signature(old, both)}", both.Headers["webhook-signature"]);
        Assert.Equal(Signature(young, one), one.Headers["webhook-signature"]);
        Assert.Equal(Signature(youngest, other), other.Headers["webhook-signature"]);
        Assert.StartsWith("whsec_", young, StringComparison.Ordinal);
        Assert.Equal(3, new[] { old, young, youngest }.Distinct().Count());
    }

    [Fact]
    public async Task Deliveries_AreTheLastOnes_AndCanBeSentAgain()
    {
        (WebhookEndpoint endpoint, _) = await CreateAsync("/hook");
        var events = new List<string>();
        for (int i = 0; i < 3; i++)
        {
            grid.Clock.Advance(TimeSpan.FromSeconds(1));
            _ = await CompleteAsync($"kept{i}");
            events.Add((await NextAsync()).Headers["webhook-id"]);
            _ = await UntilAsync(endpoint, one => one.Event.Id == events[^1] && one.State == WebhookDeliveryState.Succeeded);
        }

        Assert.Equal([events[2], events[1]], (await Webhooks.DeliveriesAsync(endpoint.Id))!.Select(delivery => delivery.Event.Id));
        Assert.Equal(WebhookDeliveryState.Pending, (await Webhooks.ResendAsync(endpoint.Id, events[1]))!.State);
        Assert.Equal(events[1], (await NextAsync()).Headers["webhook-id"]);
        Assert.Null(await Webhooks.ResendAsync(endpoint.Id, events[0]));
        Assert.Null(await Webhooks.ResendAsync("whe_none", events[1]));
        _ = await UntilAsync(endpoint, one => one.Event.Id == events[1] && one.State == WebhookDeliveryState.Succeeded);
    }

    [Fact]
    public async Task Settings_ThatCannotBe_AreAllNamed_AndEndpointsHaveALimit()
    {
        var refused = (WebhookAnswer.Refused)await Webhooks.CreateAsync(
            new WebhookSettings { Name = "", Url = "http://example.org", EventTypes = ["video.begun"] });
        Assert.Equal(["name", "url", "eventTypes"], refused.Faults.Select(fault => fault.Field));
        Assert.Equal(3, ((WebhookAnswer.Refused)await Webhooks.CreateAsync(new WebhookSettings())).Faults.Count);
        WebhookEndpoint[] all =
            [(await CreateAsync("/1")).Endpoint, (await CreateAsync("/2")).Endpoint, (await CreateAsync("/3")).Endpoint];

        Assert.Equal(3, Assert.IsType<WebhookAnswer.TooMany>(await Webhooks.CreateAsync(Settings("/4"))).Most);
        Assert.True(await Webhooks.DeleteAsync(all[1].Id));
        Assert.False(await Webhooks.DeleteAsync(all[1].Id));
        Assert.Equal([all[2].Id, all[0].Id], (await Webhooks.ListAsync()).Select(endpoint => endpoint.Id));
        Assert.Empty(await grid.Webhooks("other").ListAsync());
        Assert.IsType<WebhookAnswer.NotThere>(await grid.Webhooks("other").RotateSecretAsync(all[0].Id, keepOld: false));
    }

    [Fact]
    public async Task Endpoint_ThatIsDeleted_LeavesNothingOfItsDeliveries()
    {
        receiver.Answer(500);
        (WebhookEndpoint endpoint, _) = await CreateAsync("/hook");
        _ = await CompleteAsync("deleted");
        _ = await NextAsync();
        _ = await UntilAsync(endpoint, one => one.Attempts.Count == 1);

        Assert.True(await Webhooks.DeleteAsync(endpoint.Id));

        Assert.DoesNotContain(await grid.AllBlobsAsync(), name => name.Contains(endpoint.Id, StringComparison.Ordinal));
        Assert.False(await Webhooks.ResumeAsync());
    }

    [Fact]
    public async Task Test_SendsAnExample_AndSaysWhatCameOfIt()
    {
        receiver.Answer(418);
        (WebhookEndpoint endpoint, string secret) = await CreateAsync("/hook");

        WebhookAttempt attempt = (await Webhooks.TestAsync(endpoint.Id, WebhookEventTypes.Failed))!;

        ReceivedRequest request = await NextAsync();
        Assert.Equal((418, Signature(secret, request)), (attempt.Status, request.Headers["webhook-signature"]));
        Assert.Empty((await Webhooks.DeliveriesAsync(endpoint.Id))!);
        Assert.Null(await Webhooks.TestAsync("whe_none", WebhookEventTypes.Failed));
    }
}
