using Cil.Diffusion.Checkpoints.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>
/// Parameters from a file of tensors, moved to a device and a type. What is missing or misshapen is gathered, so that
/// <see cref="Verify"/> can name all of it at once.
/// </summary>
public sealed class CheckpointWeights(ITensorFile reader, Device device, ScalarType type) : IWeightSource, IDisposable
{
    private readonly List<string> faults = [];
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly List<Tensor> tensors = [];

    /// <summary>What was handed out so far; ends with this source.</summary>
    public IReadOnlyList<Tensor> Tensors => tensors;

    public Tensor Get(string name, long[] shape, Initial kind)
    {
        ScalarType wanted = kind is Initial.NormWeight or Initial.NormBias ? ScalarType.Float32 : type;
        TensorEntry? entry = reader.Find(name);
        if (entry is not null) _ = used.Add(name);
        if (TensorErrors.Of(name, shape, entry) is { } fault)
        {
            faults.Add(fault);
            return Keep(empty(shape, wanted, device));
        }

        var numbers = new FiniteNumbers(entry!.Value.Type!.Value);
        Tensor stored = reader.Read(name, numbers.Check);
        if (!numbers.AllFinite) faults.Add($"not finite: {name} holds NaN or infinite numbers");
        return Keep(stored.dtype == wanted && device.type == DeviceType.CPU ? stored : stored.to(wanted, device, disposeAfter: true));
    }

    /// <summary>Checks that every tensor asked for was there in its shape, and that none below the prefix was left over.</summary>
    /// <param name="prefix">Names with another beginning belong to another network of the same file.</param>
    /// <param name="ignored">Whether a name may be left over.</param>
    /// <exception cref="CheckpointException">Lists every fault.</exception>
    public void Verify(string prefix = "", Func<string, bool>? ignored = null)
    {
        IEnumerable<string> spare = TensorErrors.Spare(
            reader.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)), used, ignored);
        string[] all = [.. faults, .. spare];
        if (all.Length == 0) return;
        throw new CheckpointException($"{reader.File}: {all.Length} tensors do not fit the network:\n  {string.Join("\n  ", all)}");
    }

    public void Dispose()
    {
        foreach (Tensor tensor in tensors) tensor.Dispose();
        tensors.Clear();
    }

    private Tensor Keep(Tensor tensor)
    {
        tensors.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
