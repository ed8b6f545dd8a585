namespace Orleans.Runtime;

internal static class Packages
{
    /// <summary>What to say to someone who asks for more than one process.</summary>
    internal const string Needed =
        "This build has the embedded Orleans engine, which runs in one process and opens no network. "
        + "For a cluster of processes install the packages Microsoft.Orleans.Server, Microsoft.Orleans.Client and one for membership, "
        + "such as Microsoft.Orleans.Clustering.AzureStorage, Microsoft.Orleans.Clustering.Redis or Microsoft.Orleans.Clustering.AdoNet, "
        + "and build with CilPackages=registry.";
}
