using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using static TorchSharp.torch;

namespace Cil.Evaluation.Networks;

/// <summary>Reads published weights of the networks that measures are defined by.</summary>
internal static class NetworkFile
{
    // What torch.nn.DataParallel puts before every name.
    private const string ParallelPrefix = "module.";

    // A counter of training steps in PyTorch's batch norms.
    private const string Counter = "num_batches_tracked";

    /// <summary>Builds a network of a file's weights and checks that they fit: no name missing, none spare, every shape right.</summary>
    /// <param name="build">Takes the weights, and what must be disposed of with the network.</param>
    /// <param name="ignored">Whether a name may be left over; null where none may.</param>
    /// <exception cref="CheckpointException">Lists everything that does not fit.</exception>
    internal static T Load<T>(
        ITensorFile file, Device device, Func<WeightScope, IDisposable, T> build, Func<string, bool>? ignored = null)
    {
        var weights = new CheckpointWeights(file, device, float32);
        try
        {
            T network = build(WeightScope.Root(weights), weights);
            weights.Verify(ignored: name => name.EndsWith(Counter, StringComparison.Ordinal) || ignored?.Invoke(name) == true);
            return network;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>The same tensors without the prefix of DataParallel, where every name has it.</summary>
    internal static ITensorFile WithoutParallelPrefix(ITensorFile file) =>
        file.Names.Count > 0 && file.Names.All(name => name.StartsWith(ParallelPrefix, StringComparison.Ordinal))
            ? Renamed(file, name => name[ParallelPrefix.Length..])
            : file;

    /// <summary>The same tensors under other names; one whose new name is taken keeps its own.</summary>
    internal static ITensorFile Renamed(ITensorFile file, Func<string, string> spell)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in file.Names)
        {
            if (!names.TryAdd(spell(name), name)) names[name] = name;
        }

        return new RenamedTensors(file, names);
    }
}
