namespace Cil.Grains.Webhooks;

/// <summary>What came of a request to an endpoint.</summary>
public abstract record WebhookResponse
{
    private WebhookResponse()
    {
    }

    /// <param name="Status">HTTP's.</param>
    /// <param name="RetryAfter">How long the endpoint asks to be left alone; null where it does not.</param>
    public sealed record Answered(int Status, TimeSpan? RetryAfter) : WebhookResponse;

    /// <summary>There was none, or not in time.</summary>
    /// <param name="Reason">For the tenant: it says nothing of the network that the service is in.</param>
    public sealed record NoAnswer(string Reason) : WebhookResponse;
}
