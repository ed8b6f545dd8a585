using Cil.Cli.Options;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;

namespace Cil.Cli.Models;

/// <summary>Where model folders are looked for: the folders of CIL_MODELS, ./models, and models beside the program or above it.</summary>
internal static class ModelLocations
{
    internal const string Variable = "CIL_MODELS";
    private const string FolderName = "models";

    /// <summary>All folders with a `model.json`, by folder name; the first place wins.</summary>
    public static IReadOnlyDictionary<string, string> All()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string place in Places().Where(Directory.Exists))
            foreach (string folder in Directory.GetDirectories(place).Where(HasModel))
                _ = found.TryAdd(Path.GetFileName(folder), Path.GetFullPath(folder));
        return found;
    }

    /// <summary>The folder of a model.</summary>
    /// <param name="model">A name that <see cref="All"/> lists, or a folder.</param>
    /// <exception cref="BadInputException">There is no such model.</exception>
    public static string Find(string option, string model)
    {
        if (HasModel(model)) return Path.GetFullPath(model);
        IReadOnlyDictionary<string, string> all = All();
        if (all.TryGetValue(model, out string? folder)) return folder;
        if (Directory.Exists(model)) throw new BadInputException(option, $"the folder {model} has no {ModelManifest.FileName}");
        string known = all.Count == 0 ? NoneFound() : $"there are: {string.Join(", ", all.Keys)}";
        throw new BadInputException(option, $"expected a model's name or folder, got '{model}'; {known}");
    }

    /// <summary>Says where no model was found.</summary>
    internal static string NoneFound() => $"no models were found in {string.Join(", ", Places())}";

    /// <summary>What the `model.json` of a folder says.</summary>
    /// <exception cref="BadInputException">It does not fit together; every fault is listed.</exception>
    public static ModelManifest Read(string option, string folder)
    {
        try
        {
            return ModelFolder.Read(folder);
        }
        catch (ModelFolderException error)
        {
            throw new BadInputException(option, error.Message);
        }
    }

    /// <summary>The folders that are looked through, first to last.</summary>
    public static IReadOnlyList<string> Places()
    {
        var places = new List<string>();
        places.AddRange(
            (Environment.GetEnvironmentVariable(Variable) ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        places.Add(Path.GetFullPath(FolderName));
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string place = Path.Combine(at.FullName, FolderName);
            if (Directory.Exists(place) && !places.Contains(place)) places.Add(place);
        }

        return places;
    }

    private static bool HasModel(string folder) => File.Exists(Path.Combine(folder, ModelManifest.FileName));
}
