using System.Net;

namespace Orleans.Configuration;

/// <summary>What UseLocalhostClustering chose.</summary>
internal sealed class ClusteringOptions
{
    internal bool IsChosen { get; set; }

    internal IPEndPoint? PrimarySilo { get; set; }
}
