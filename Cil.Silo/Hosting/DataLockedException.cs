namespace Cil.Silo.Hosting;

/// <summary>Another grid has the data folder: two would hand out the same work twice.</summary>
public sealed class DataLockedException : IOException
{
    /// <param name="holders">Who has it, as far as they say.</param>
    public DataLockedException(string folder, IReadOnlyList<ServiceFile> holders)
        : base($"{folder}: in use by {Name(holders)}")
    {
    }

    /// <param name="holders">Who has it, as far as they say.</param>
    /// <param name="cluster">Theirs.</param>
    /// <param name="own">That of the silo that was to be started.</param>
    public DataLockedException(string folder, IReadOnlyList<ServiceFile> holders, string cluster, string own)
        : base(
            $"{folder}: in use by the cluster '{cluster}' ({Name(holders)}), and this silo is of '{own}': two clusters on one folder "
                + $"would hand out the same work twice; give the same --cluster and --cluster-id, or another folder")
    {
    }

    private static string Name(IReadOnlyList<ServiceFile> holders) => holders.Count == 0
        ? "another process"
        : string.Join(
            " and ",
            holders.Select(
                holder => $"process {holder.ProcessId} on {holder.Machine}{(holder.Url is { } url ? $", which serves {url}" : "")}"));
}
