using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Diffusion.Pipelines;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Jobs;

/// <summary>The model that a job can go on with.</summary>
internal static class JobModel
{
    private const string Option = "--model";
    private const int HashDigits = 12;

    /// <summary>The folder of a model of the name that the job has and, once something of it is rendered, with the same weights.</summary>
    /// <param name="model">A model's name or folder; null to take the right one of all that are found.</param>
    /// <exception cref="BadInputException">There is none; says what the job needs and what was found.</exception>
    internal static string Find(JobSnapshot job, string? model)
    {
        IEnumerable<string> folders = model is null ? ModelLocations.All().Values : [ModelLocations.Find(Option, model)];
        var found = new List<string>();
        foreach (string folder in folders)
        {
            ModelManifest manifest = ModelLocations.Read(Option, folder);
            // Weights are gigabytes: they are read only where they decide.
            string? hash = manifest.Name == job.Model && job.WeightsHash is not null ? WeightFiles.HashOf(manifest, folder) : null;
            if (manifest.Name == job.Model && hash == job.WeightsHash) return folder;
            found.Add($"{Spelt(manifest.Name, hash)} in {folder}");
        }

        throw new BadInputException(
            Option,
            $"{job.Id} goes on only with the model {Spelt(job.Model, job.WeightsHash)}; "
                + $"{(found.Count == 0 ? ModelLocations.NoneFound() : $"found: {string.Join(", ", found)}")}; "
            + $"give its folder with {Option}, or the folder above it in {ModelLocations.Variable}; the job stays as it is");
    }

    private static string Spelt(string name, string? hash) => hash is null ? name : $"{name} with weights {hash[..HashDigits]}";
}
