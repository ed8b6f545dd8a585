namespace Orleans.Configuration;

/// <summary>The gateways that a client knows.</summary>
internal sealed class GatewayOptions
{
    internal IReadOnlyList<int> Ports { get; set; } = [];
}
