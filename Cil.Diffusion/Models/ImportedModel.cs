using Cil.Diffusion.Pipelines;

namespace Cil.Diffusion.Models;

/// <summary>What a checkpoint turned out to be, and what a model folder of it holds.</summary>
/// <param name="Manifest">To be written as model.json.</param>
/// <param name="Links">Names in the model folder, and the files or folders of the checkpoint that they stand for.</param>
/// <param name="Missing">A file that the user has to put into the model folder, with where it comes from; null if there is none.</param>
public sealed record ImportedModel(ModelManifest Manifest, IReadOnlyDictionary<string, string> Links, string? Missing = null);
