namespace Orleans.Runtime;

/// <summary>Which silo this is.</summary>
public interface ILocalSiloDetails
{
    /// <summary>Its name.</summary>
    string Name { get; }

    /// <summary>The cluster's id.</summary>
    string ClusterId { get; }

    /// <summary>The host's name.</summary>
    string DnsHostName { get; }

    /// <summary>Where other silos find it.</summary>
    SiloAddress SiloAddress { get; }

    /// <summary>Where clients find it.</summary>
    SiloAddress GatewayAddress { get; }
}
