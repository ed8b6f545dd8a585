namespace Cil.Silo.Cluster;

/// <summary>This build cannot form a cluster.</summary>
public sealed class ClusterUnavailableException(string message) : Exception(message);
