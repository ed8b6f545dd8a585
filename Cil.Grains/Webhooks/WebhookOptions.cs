namespace Cil.Grains.Webhooks;

/// <summary>Webhook endpoints of tenants.</summary>
public sealed class WebhookOptions
{
    /// <summary>Endpoints of one tenant. Default 10.</summary>
    public int MaxEndpoints { get; set; } = 10;

    /// <summary>Deliveries of each endpoint that are kept after their end, to be looked at and sent again. Default 100.</summary>
    public int KeptDeliveries { get; set; } = 100;
}
