using System.Security.Cryptography;
using Cil.Grains.Statistics;
using Cil.Media.Clips;

namespace Cil.Rendering.Statistics;

/// <summary>The data set folders of this machine, by their folders' names.</summary>
public sealed class DatasetCatalog(IReadOnlyList<string> folders) : IDatasetCatalog
{
    private readonly Dictionary<string, string> places = folders.ToDictionary(
        folder => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), StringComparer.Ordinal);

    public IReadOnlyList<string> Names => [.. places.Keys];

    public DatasetDescription? Find(string name)
    {
        if (!places.TryGetValue(name, out string? folder)) return null;
        byte[] list = File.ReadAllBytes(Path.Combine(folder, ClipList.FileName));
        return new DatasetDescription(name, ClipList.Read(folder).Count, Convert.ToHexStringLower(SHA256.HashData(list)));
    }

    /// <summary>Where a data set lies.</summary>
    /// <exception cref="ClipListException">There is no such data set.</exception>
    public string Folder(string name) => places.TryGetValue(name, out string? folder)
        ? folder
        : throw new ClipListException($"data set '{name}' is not there; there are: {string.Join(", ", Names)}");
}
