using System.Net;

namespace Orleans.Configuration;

/// <summary>Where a silo is. The embedded engine opens none of these ports; they tell silos apart.</summary>
public class EndpointOptions
{
    /// <summary>The default of <see cref="SiloPort"/>.</summary>
    public const int DEFAULT_SILO_PORT = 11111;

    /// <summary>The default of <see cref="GatewayPort"/>.</summary>
    public const int DEFAULT_GATEWAY_PORT = 30000;

    /// <summary>The address others are told.</summary>
    public IPAddress AdvertisedIPAddress { get; set; } = null!;

    /// <summary>For other silos.</summary>
    public int SiloPort { get; set; } = DEFAULT_SILO_PORT;

    /// <summary>For clients.</summary>
    public int GatewayPort { get; set; } = DEFAULT_GATEWAY_PORT;
}
