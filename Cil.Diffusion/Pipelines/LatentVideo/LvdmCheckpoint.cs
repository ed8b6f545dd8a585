using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;

namespace Cil.Diffusion.Pipelines.LatentVideo;

/// <summary>Checkpoints of DynamiCrafter and VideoCrafter1, under the names that the networks ask for.</summary>
public static class LvdmCheckpoint
{
    // DynamiCrafter-256 was released when the layer was called so; the original's loader renames it too
    // (Doubiiu/DynamiCrafter, scripts/evaluation/inference.py, load_model_checkpoint).
    private const string ReleasedName = ".framestride_embed.", Name = ".fps_embedding.";

    /// <exception cref="CheckpointException">The file is missing or damaged.</exception>
    public static ITensorFile Open(string path)
    {
        ITensorFile file = TensorFiles.Open(path);
        if (!file.Names.Any(IsRenamed)) return file;
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string stored in file.Names)
        {
            string name = IsRenamed(stored) ? stored.Replace(ReleasedName, Name, StringComparison.Ordinal) : stored;
            if (names.TryAdd(name, stored)) continue;
            file.Dispose();
            throw new CheckpointException($"{path}: has both {names[name]} and {stored}, which are the same layer");
        }

        return new RenamedTensors(file, names);
    }

    private static bool IsRenamed(string name) => name.Contains(ReleasedName, StringComparison.Ordinal);
}
