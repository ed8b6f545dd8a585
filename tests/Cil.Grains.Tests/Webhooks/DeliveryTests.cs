using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Cil.Grains.Blobs;
using Cil.Grains.Diagnostics;
using Cil.Grains.Tests.Diagnostics;
using Cil.Interfaces;
using Cil.Interfaces.Webhooks;
using Cil.TestKit.Http;

namespace Cil.Grains.Tests.Webhooks;

/// <summary>Events from a job's end to their endpoint: signed, durable, tried again.</summary>
public sealed class DeliveryTests : WebhookGrid
{
    [Fact]
    public async Task CompletedJob_IsToldOnce_Signed_AndIsFoundAmongTheDeliveries()
    {
        (WebhookEndpoint endpoint, string secret) = await CreateAsync("/hook");

        RenderJobId id = await CompleteAsync("told");

        ReceivedRequest request = await NextAsync();
        JsonElement body = JsonDocument.Parse(request.Body).RootElement;
        Assert.Equal(("POST", "/hook", "application/json"), (request.Method, request.Path, request.Headers["content-type"]));
        Assert.Equal(["id", "object", "created_at", "type", "data"], body.EnumerateObject().Select(field => field.Name));
        Assert.Equal(
            ("event", "video.completed", id.Value), (Text(body, "object"), Text(body, "type"), Text(body.GetProperty("data"), "id")));
        Assert.Equal(Text(body, "id"), request.Headers["webhook-id"]);
        Assert.Equal(
            grid.Clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), request.Headers["webhook-timestamp"]);
        Assert.Equal(Signature(secret, request), request.Headers["webhook-signature"]);
        WebhookDelivery delivery = await UntilAsync(endpoint, one => one.State == WebhookDeliveryState.Succeeded);
        Assert.Equal((204, null), (Assert.Single(delivery.Attempts).Status, delivery.NextAttemptAt));
        // The job comes to its end once more, as after a loss between storing an event and noting that it was.
        await grid.Blobs.PutAsync(BlobNames.Unfinished(id), ReadOnlyMemory<byte>.Empty);
        _ = await grid.Job(id).ResumeAsync();
        await DeliveredAsync();
        Assert.False(receiver.HasMore);
        Assert.DoesNotContain(Unsent, await grid.AllBlobsAsync());
    }

    [Fact]
    public async Task CancelledJob_IsToldAsFailed_ToWhoeverWantsThat()
    {
        _ = await CreateAsync("/completed", WebhookEventTypes.Completed);
        _ = await CreateAsync("/failed", WebhookEventTypes.Failed);
        RenderJobId id = await grid.SubmitAsync("cancelled");

        await grid.Client.CancelAsync(id);

        ReceivedRequest request = await NextAsync();
        Assert.Equal(("/failed", "video.failed"), (request.Path, Text(JsonDocument.Parse(request.Body).RootElement, "type")));
        Assert.False(receiver.HasMore);
    }

    [Fact]
    public async Task Endpoint_ThatFails_IsTriedAgainAfterFiveSeconds()
    {
        receiver.Answer(500);
        (WebhookEndpoint endpoint, _) = await CreateAsync("/hook");
        _ = await CompleteAsync("again");
        ReceivedRequest first = await NextAsync();
        WebhookDelivery failed = await UntilAsync(endpoint, one => one.Attempts.Count == 1);
        Assert.InRange(failed.NextAttemptAt!.Value - grid.Clock.GetUtcNow(), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.5));

        grid.Clock.Advance(failed.NextAttemptAt.Value - grid.Clock.GetUtcNow());

        ReceivedRequest second = await NextAsync(passTime: true);
        Assert.Equal(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        Assert.NotEqual(first.Headers["webhook-signature"], second.Headers["webhook-signature"]);
        Assert.Equal(
            [500, 204],
            (await UntilAsync(endpoint, one => one.State == WebhookDeliveryState.Succeeded)).Attempts
                .Select(attempt => attempt.Status ?? 0));
    }

    [Fact]
    public async Task Event_ThatIsNotDeliveredYet_IsDeliveredByTheNextProcess()
    {
        receiver.Answer(500);
        (WebhookEndpoint endpoint, string secret) = await CreateAsync("/hook");
        _ = await CompleteAsync("restarted");
        ReceivedRequest first = await NextAsync();
        WebhookDelivery failed = await UntilAsync(endpoint, one => one.Attempts.Count == 1);

        await grid.RestartAsync();
        grid.Clock.Advance(failed.NextAttemptAt!.Value - grid.Clock.GetUtcNow());
        // Nobody but the reconciler calls the grain.
        ReceivedRequest second = await NextAsync(passTime: true);

        Assert.Equal(first.Headers["webhook-id"], second.Headers["webhook-id"]);
        Assert.Equal(Signature(secret, second), second.Headers["webhook-signature"]);
        _ = await UntilAsync(endpoint, one => one.State == WebhookDeliveryState.Succeeded);
    }

    [Fact]
    public async Task Process_ThatIsLostBetweenAJobsEndAndItsEvent_TellsItAfterwards()
    {
        _ = await CreateAsync("/hook");
        RenderJobId id = await CompleteAsync("lost");
        string told = (await NextAsync()).Headers["webhook-id"];

        // What is stored is as it was before the event.
        await grid.RestartAsync(folder =>
        {
            Directory.Delete(Path.Combine(folder, "webhooks"), recursive: true);
            File.WriteAllBytes(Path.Combine(folder, "unfinished", id.Value), []);
        });

        Assert.Equal(told, (await NextAsync(passTime: true)).Headers["webhook-id"]);
    }

    [Fact]
    public async Task Event_ThatCannotBeStored_KeepsTheJobsMarkUntilItCan()
    {
        (WebhookEndpoint endpoint, _) = await CreateAsync("/hook");
        RenderJobId id = await grid.SubmitAsync("full");
        await Webhooks.ListAsync();
        grid.Blobs.Refused = name => name.StartsWith("webhooks/", StringComparison.Ordinal);
        await grid.Client.CancelAsync(id);
        Assert.Contains(BlobNames.Unfinished(id), await grid.AllBlobsAsync());
        Assert.Empty((await Webhooks.DeliveriesAsync(endpoint.Id))!);

        grid.Blobs.Refused = null;

        _ = await NextAsync(passTime: true);
        await grid.Blobs.DeletedAsync(BlobNames.Unfinished(id));
    }

    [Theory]
    [InlineData("120")]
    [InlineData("Fri, 02 Jan 2026 12:02:00 GMT")]
    public async Task RetryAfter_IsObeyed(string header)
    {
        receiver.Answer(429, ("Retry-After", header));
        (WebhookEndpoint endpoint, _) = await CreateAsync("/hook");
        _ = await CompleteAsync("busy");
        _ = await NextAsync();

        WebhookDelivery failed = await UntilAsync(endpoint, one => one.Attempts.Count == 1);

        Assert.Equal(grid.Clock.GetUtcNow().AddMinutes(2), failed.NextAttemptAt);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        receiver.Answer(307, ("Location", $"{receiver.Url}/elsewhere"));
        (WebhookEndpoint endpoint, _) = await CreateAsync("/hook");
        _ = await CompleteAsync("moved");
        Assert.Equal("/hook", (await NextAsync()).Path);

        WebhookDelivery failed = await UntilAsync(endpoint, one => one.Attempts.Count == 1);

        Assert.Equal((307, WebhookDeliveryState.Pending), (failed.Attempts[0].Status, failed.State));
        Assert.False(receiver.HasMore);
    }

    [Fact]
    public async Task Endpoint_ThatDoesNotAnswer_IsGivenUpInTime_AndKeepsNoOtherWaiting()
    {
        var never = new TaskCompletionSource();
        receiver.Answer(_ => never.Task);
        (WebhookEndpoint endpoint, _) = await CreateAsync("/slow");
        _ = await CompleteAsync("slow");
        Assert.Equal("/slow", (await NextAsync()).Path);
        Assert.IsType<WebhookAnswer.Done>(await Webhooks.UpdateAsync(endpoint.Id, new WebhookSettings { Name = "slow" }));

        WebhookDelivery failed = await UntilAsync(endpoint, one => one.Attempts.Count == 1);

        Assert.Equal((null, "no answer within 2 s"), (failed.Attempts[0].Status, failed.Attempts[0].Error));
        never.SetResult();
    }

    [Fact]
    public async Task AnswerWithoutEnd_IsTakenByItsStatus()
    {
        receiver.Answer(async http =>
        {
            byte[] piece = new byte[1 << 16];
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(piece, http.RequestAborted);
        });
        (WebhookEndpoint endpoint, _) = await CreateAsync("/hook");
        _ = await CompleteAsync("talkative");

        WebhookDelivery taken = await UntilAsync(endpoint, one => one.State == WebhookDeliveryState.Succeeded);

        Assert.Equal(200, taken.Attempts[0].Status);
    }

    [Fact]
    public async Task Attempts_AreCounted_AndAreSpansOfTheJobsTrace()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var call = new Activity("call");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is GridActivities.SourceName or "Microsoft.Orleans.Application",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == call.TraceId && span.OperationName == GridActivities.WebhookDeliver) spans.Enqueue(span);
            },
        };
        using var metrics = new RecordedMetrics(grid.Meters);
        ActivitySource.AddActivityListener(listener);
        receiver.Answer(500);
        (WebhookEndpoint endpoint, _) = await CreateAsync("/hook");
        _ = call.SetIdFormat(ActivityIdFormat.W3C).Start();
        RenderJobId id = await CompleteAsync("traced");
        call.Stop();
        _ = await NextAsync();
        WebhookDelivery failed = await UntilAsync(endpoint, one => one.Attempts.Count == 1);
        grid.Clock.Advance(failed.NextAttemptAt!.Value - grid.Clock.GetUtcNow());
        _ = await NextAsync(passTime: true);
        _ = await UntilAsync(endpoint, one => one.State == WebhookDeliveryState.Succeeded);

        Assert.Equal(
            [(500, ActivityStatusCode.Error), (204, ActivityStatusCode.Unset)],
            spans.Select(span => ((int)span.GetTagItem(GridActivities.StatusTag)!, span.Status)));
        Assert.All(
            spans,
            span => Assert.Equal(
                (id.Value, endpoint.Id), (span.GetTagItem(GridActivities.JobTag), span.GetTagItem(GridActivities.EndpointTag))));
        foreach (string result in (string[])["refused", "delivered"])
            Assert.Equal(1, metrics.Count("cil.webhook.attempts", ("result", result)));
    }
}
