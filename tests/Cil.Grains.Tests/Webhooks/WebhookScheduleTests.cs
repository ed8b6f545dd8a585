using Cil.Grains.Tests.Jobs;
using Cil.Grains.Webhooks;
using Cil.Interfaces;
using Cil.Interfaces.Webhooks;

namespace Cil.Grains.Tests.Webhooks;

public sealed class WebhookScheduleTests
{
    private static readonly WebhookDelivery First = new()
    {
        Event = new WebhookEvent
        {
            Id = "evt_1", Type = WebhookEventTypes.Completed, Job = new RenderJobId("one"), CreatedAt = Sample.Noon,
        },
    };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Failures_AreTriedAgainAsTheSpecificationSays_AndThenGivenUp(double random)
    {
        var waits = new List<TimeSpan>();
        WebhookDelivery delivery = First;
        while (delivery.State == WebhookDeliveryState.Pending)
        {
            delivery = WebhookSchedule.After(delivery, Answered(500), retryAfter: null, Sample.Noon, random);
            if (delivery.NextAttemptAt is { } next) waits.Add(next - Sample.Noon);
        }

        TimeSpan[] expected =
        [
            TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
            TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
        ];
        Assert.Equal(expected.Select(delay => delay * (1 + (0.1 * random))), waits);
        Assert.Equal((WebhookDeliveryState.Failed, 10), (delivery.State, delivery.Attempts.Count));
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(1, 5)]
    [InlineData(1_000_000, 86_400)]
    public void RetryAfter_CountsWhereItIsLonger_UpToADay(int asked, int waited) => Assert.Equal(
        Sample.Noon.AddSeconds(waited),
        WebhookSchedule.After(First, Answered(503), TimeSpan.FromSeconds(asked), Sample.Noon, random: 0).NextAttemptAt);

    [Theory]
    [InlineData(200, WebhookDeliveryState.Succeeded)]
    [InlineData(299, WebhookDeliveryState.Succeeded)]
    [InlineData(301, WebhookDeliveryState.Pending)]
    [InlineData(404, WebhookDeliveryState.Pending)]
    [InlineData(410, WebhookDeliveryState.Failed)]
    [InlineData(null, WebhookDeliveryState.Pending)]
    public void Answer_DecidesWhetherThereIsAnotherAttempt(int? status, WebhookDeliveryState state) =>
        Assert.Equal(state, WebhookSchedule.After(First, Answered(status), retryAfter: null, Sample.Noon, random: 0).State);

    private static WebhookAttempt Answered(int? status) =>
        new(Sample.Noon, TimeSpan.FromMilliseconds(3), status, status is null ? "no answer" : null);
}
