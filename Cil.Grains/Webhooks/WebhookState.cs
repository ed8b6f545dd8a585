namespace Cil.Grains.Webhooks;

/// <summary>What is stored of a tenant's endpoints.</summary>
internal sealed class WebhookState
{
    public IReadOnlyList<StoredEndpoint> Endpoints { get; set; } = [];
}
