using Cil.Diffusion.Checkpoints.Files;

namespace Cil.Diffusion.Checkpoints.Pickles;

/// <summary>The tensors of a TorchScript module and of the modules in it, by their paths.</summary>
internal static class TensorTree
{
    // Modules can be shared, and a damaged file can share them so often that there is no end to their paths.
    private const int MostMembers = 1_000_000, MostDepth = 100;

    /// <exception cref="CheckpointException">It is nested too deep, or its members are too many.</exception>
    internal static IEnumerable<(string Name, PickleTensor Tensor)> Of(string file, PickleObject root)
    {
        int members = 0;
        return Walk(root, "", 0);

        IEnumerable<(string Name, PickleTensor Tensor)> Walk(PickleObject module, string path, int depth)
        {
            if (depth > MostDepth) throw new CheckpointException($"{file}: {path}: modules nested deeper than {MostDepth}");
            foreach ((object? key, object? value) in module.State?.Items ?? [])
            {
                if (++members > MostMembers) throw new CheckpointException($"{file}: more than {MostMembers} members of modules");
                if (key is not string name) continue;
                if (value is PickleTensor tensor) yield return (path + name, tensor);
                if (value is not PickleObject inner) continue;
                foreach ((string Name, PickleTensor Tensor) found in Walk(inner, $"{path}{name}.", depth + 1)) yield return found;
            }
        }
    }
}
