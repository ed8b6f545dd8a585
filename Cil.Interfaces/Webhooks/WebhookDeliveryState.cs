namespace Cil.Interfaces.Webhooks;

/// <summary>Where a delivery stands.</summary>
[GenerateSerializer, Alias("cil.WebhookDeliveryState")]
public enum WebhookDeliveryState
{
    /// <summary>There will be another attempt.</summary>
    Pending,

    /// <summary>The endpoint has taken it.</summary>
    Succeeded,

    /// <summary>It is given up: all attempts have failed, or the endpoint is gone.</summary>
    Failed,
}
