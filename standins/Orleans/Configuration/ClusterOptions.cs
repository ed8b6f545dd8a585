namespace Orleans.Configuration;

/// <summary>Names of the cluster and of the service that it runs.</summary>
public class ClusterOptions
{
    internal const string Development = "dev";

    /// <summary>Names silos that work together.</summary>
    public string ClusterId { get; set; } = "default";

    /// <summary>Names what keeps its state across clusters.</summary>
    public string ServiceId { get; set; } = "default";
}
