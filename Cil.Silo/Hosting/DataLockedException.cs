namespace Cil.Silo.Hosting;

/// <summary>Another grid has the data folder: two would hand out the same work twice.</summary>
/// <param name="holders">Who has it, as far as they say.</param>
public sealed class DataLockedException(string folder, IReadOnlyList<ServiceFile> holders) : IOException($"{folder}: in use by {Name(holders)}")
{
    private static string Name(IReadOnlyList<ServiceFile> holders) => holders.Count == 0
        ? "another process"
        : string.Join(" and ", holders.Select(holder => $"process {holder.ProcessId} on {holder.Machine}{(holder.Url is { } url ? $", which serves {url}" : "")}"));
}
