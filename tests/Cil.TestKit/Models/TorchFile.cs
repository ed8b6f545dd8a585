using System.Text;
using static TorchSharp.torch;

namespace Cil.TestKit.Models;

/// <summary>Writes checkpoints as trainers lay them out with torch.save.</summary>
internal static class TorchFile
{
    /// <param name="entry">
    /// The entry of the outer dictionary that has the tensors (state_dict), or null where they are the dictionary.
    /// </param>
    /// <param name="averages">As ema_state.shadow_params, a list without names; null for none.</param>
    internal static void Save(
        string path, IReadOnlyList<(string Name, Tensor Value)> tensors, string? entry, IReadOnlyList<Tensor>? averages = null)
    {
        var storages = new List<(string Key, byte[] Content)>();
        PickleWriter pickle = new PickleWriter().Op('}');
        if (entry is null)
        {
            foreach ((string name, Tensor value) in tensors) _ = Put(pickle.Text(name), value).Op('s');
        }
        else
        {
            _ = pickle.Text("global_step").Number(20000).Op('s').Text(entry).Op('}');
            foreach ((string name, Tensor value) in tensors) _ = Put(pickle.Text(name), value).Op('s');
            _ = pickle.Op('s');
        }

        if (averages is not null)
        {
            _ = pickle.Text("ema_state").Op('}').Text("shadow_params").Op(']').Op('(');
            foreach (Tensor value in averages) _ = Put(pickle, value);
            _ = pickle.Op('e').Op('s').Op('s');
        }

        File.WriteAllBytes(path, ArchiveWriter.Checkpoint(pickle.End(), [.. storages]));

        PickleWriter Put(PickleWriter writer, Tensor value) => TorchFile.Put(writer, value, storages);
    }

    /// <summary>
    /// As torch.jit.save does: an object of a class of its own for each module, its members by name, and its sources beside them, packed.
    /// </summary>
    /// <param name="tensors">By their paths in the module.</param>
    internal static void SaveScript(string path, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        var storages = new List<(string Key, byte[] Content)>();
        PickleWriter pickle = new();
        Module([.. tensors.Select(tensor => (tensor.Name.Split('.'), tensor.Value))], 0);
        var writer = new ArchiveWriter();
        writer.Add("archive/data.pkl", pickle.End());
        writer.Add("archive/code/__torch__.py", Encoding.UTF8.GetBytes("class Module(Module):"), isPacked: true);
        foreach ((string key, byte[] content) in storages) writer.Add($"archive/data/{key}", content);
        writer.Add("archive/constants.pkl", new PickleWriter().Op(')').End());
        File.WriteAllBytes(path, writer.ToBytes());

        void Module((string[] Path, Tensor Value)[] members, int depth)
        {
            _ = pickle.Global("__torch__.network", "Module").Op(')').Raw(0x81).Op('}').Op('(').Text("training").Raw(0x89);
            foreach (IGrouping<string, (string[] Path, Tensor Value)> member in members.GroupBy(member => member.Path[depth]))
            {
                _ = pickle.Text(member.Key);
                (string[] path, Tensor value) = member.First();
                if (path.Length == depth + 1) _ = Put(pickle, value, storages);
                else Module([.. member], depth + 1);
            }

            _ = pickle.Op('u').Op('b');
        }
    }

    private static PickleWriter Put(PickleWriter writer, Tensor value, List<(string Key, byte[] Content)> storages)
    {
        using Tensor contiguous = value.contiguous();
        string key = $"{storages.Count}";
        storages.Add((key, contiguous.bytes.ToArray()));
        long[] shape = contiguous.shape, stride = contiguous.stride();
        string type = contiguous.dtype switch
        {
            ScalarType.Float16 => "HalfStorage",
            ScalarType.BFloat16 => "BFloat16Storage",
            ScalarType.Int64 => "LongStorage",
            _ => "FloatStorage",
        };
        return writer.Tensor(key, contiguous.numel(), 0, shape, stride, type);
    }
}
