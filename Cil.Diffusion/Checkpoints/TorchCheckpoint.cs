using System.Text;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Checkpoints.Pickles;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>
/// A checkpoint that torch.save wrote as a zip (.ckpt, .pt, .bin), or a TorchScript archive (torch.jit.save). The tensors are those of
/// its `state_dict`, of DeepSpeed's `module`, of the dictionary itself, or of the module by their paths. Their bytes stay where they
/// are until they are asked for.
/// </summary>
public sealed class TorchCheckpoint : ITensorFile
{
    private const string PickleName = "data.pkl";

    // What DeepSpeed's engine puts before the names of a model that Lightning has wrapped.
    private const string DeepSpeedPrefix = "_forward_module.";

    private readonly ByteSource source;
    private readonly Dictionary<string, ZipEntry> entries;
    private readonly string root;
    private readonly Dictionary<string, PickleTensor> tensors = new(StringComparer.Ordinal);
    private readonly PickleDictionary content;

    private TorchCheckpoint(string file, ByteSource source)
    {
        (File, this.source) = (file, source);
        entries = ZipDirectory.Read(file, source);
        string pickle = entries.Keys.FirstOrDefault(name => name == PickleName || name.EndsWith($"/{PickleName}", StringComparison.Ordinal))
            ?? throw new CheckpointException($"{file}: a zip archive, but not of torch.save: it has no {PickleName}");
        root = pickle[..^PickleName.Length];
        if (ByteOrder() is { } order && order != "little")
        {
            throw new CheckpointException(
                $"{file}: byteorder: expected little, got {order}; load it with PyTorch on a little-endian machine, which turns the "
                    + $"bytes round, and save it again");
        }

        ZipEntry entry = entries[pickle];
        if (entry.Length > PickleMachine.MostBytes)
            throw new CheckpointException($"{file}: {pickle}: {entry.Length} bytes, at most {PickleMachine.MostBytes} are read");
        byte[] program = new byte[entry.Length];
        source.Read(entry.Offset, program);
        content = new PickleMachine(file, program).Run() switch
        {
            PickleDictionary dictionary => dictionary,
            PickleObject module => Members(module),
            _ => throw new CheckpointException($"{file}: expected a dictionary of tensors, got something else"),
        };
        Take();
    }

    public string File { get; }

    public IReadOnlyList<string> Files => source.IsFile ? [File] : [];

    public IReadOnlyCollection<string> Names => tensors.Keys;

    /// <exception cref="CheckpointException">The file is missing or damaged, or holds what is not data.</exception>
    public static TorchCheckpoint Open(string path) => Owned(path, ByteSource.Map(path));

    /// <param name="name">What messages call it.</param>
    /// <exception cref="CheckpointException">The bytes are damaged, or hold what is not data.</exception>
    public static TorchCheckpoint FromBytes(string name, byte[] content) => Owned(name, ByteSource.Of(content));

    public TensorEntry? Find(string name) =>
        tensors.TryGetValue(name, out PickleTensor? tensor) ? new TensorEntry(tensor.Type, tensor.Size) : null;

    public Tensor Read(string name, ByteLook? look = null) => tensors.TryGetValue(name, out PickleTensor? tensor)
        ? Read(name, tensor, look)
        : throw new CheckpointException(
            $"{File}: has no tensor '{name}'; it has {tensors.Count}: {string.Join(", ", tensors.Keys.Take(8))}…");

    /// <summary>Whether a trainer kept averages of the parameters (diffusers, training_utils.py, EMAModel).</summary>
    public bool HasAverages => content["ema_state"] is PickleDictionary state && state["shadow_params"] is List<object?>;

    /// <summary>
    /// Puts the averages in the place of the parameters. They are a list without names, in the order of the state dict.
    /// </summary>
    /// <exception cref="CheckpointException">There are none, or their number or shapes are others.</exception>
    public void UseAverages()
    {
        if ((content["ema_state"] as PickleDictionary)?["shadow_params"] is not List<object?> averages)
            throw new CheckpointException($"{File}: has no ema_state.shadow_params");
        if (averages.Count != tensors.Count)
        {
            throw new CheckpointException(
                $"{File}: ema_state.shadow_params: expected {tensors.Count} tensors as state_dict has, got {averages.Count}");
        }

        foreach ((string name, object? average) in tensors.Keys.ToArray().Zip(averages))
        {
            if (average is not PickleTensor tensor || !tensor.Size.SequenceEqual(tensors[name].Size))
            {
                throw new CheckpointException(
                    $"{File}: ema_state.shadow_params: expected ({string.Join(", ", tensors[name].Size)}) for {name}, got "
                        + $"{(average is PickleTensor other ? $"({string.Join(", ", other.Size)})" : "no tensor")}");
            }

            tensors[name] = Checked(name, tensor);
        }
    }

    public void Dispose() => source.Dispose();

    private static TorchCheckpoint Owned(string name, ByteSource source)
    {
        try
        {
            return new TorchCheckpoint(name, source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    // Written since PyTorch 2.1 (torch/serialization.py); files before it are of the usual order.
    private string? ByteOrder()
    {
        const int Most = 16;
        if (!entries.TryGetValue($"{root}byteorder", out ZipEntry entry)) return null;
        byte[] text = new byte[Math.Min(entry.Length, Most)];
        source.Read(entry.Offset, text);
        return Encoding.ASCII.GetString(text);
    }

    private PickleDictionary Members(PickleObject module)
    {
        var members = new PickleDictionary();
        foreach ((string name, PickleTensor tensor) in TensorTree.Of(File, module)) members.Items.Add(new(name, tensor));
        return members;
    }

    private void Take()
    {
        bool wrapped = content["module"] is PickleDictionary;
        PickleDictionary state = content["module"] as PickleDictionary ?? content["state_dict"] as PickleDictionary ?? content;
        foreach ((object? key, object? value) in state.Items)
        {
            if (key is not string name || value is not PickleTensor tensor) continue;
            if (wrapped && name.StartsWith(DeepSpeedPrefix, StringComparison.Ordinal)) name = name[DeepSpeedPrefix.Length..];
            tensors[name] = Checked(name, tensor);
        }

        if (tensors.Count == 0)
        {
            throw new CheckpointException(
                $"{File}: holds no tensors; its entries are: "
                    + $"{string.Join(", ", content.Items.Select(item => item.Key).OfType<string>().Take(8))}");
        }
    }

    // Before anything is allocated: a shape is not larger than its storage, and the storage is there.
    private PickleTensor Checked(string name, PickleTensor tensor)
    {
        int bytes = ElementTypes.BytesOf(tensor.Type);
        string key = $"{root}data/{tensor.Storage.Key}";
        if (!entries.TryGetValue(key, out ZipEntry entry))
            throw new CheckpointException($"{File}: {name}: its storage {key} is not in the archive");
        if (tensor.Size.Length != tensor.Stride.Length)
            throw new CheckpointException($"{File}: {name}: {tensor.Size.Length} axes but {tensor.Stride.Length} strides");
        if (tensor.Offset < 0 || tensor.Size.Any(size => size < 0) || tensor.Stride.Any(stride => stride < 0))
        {
            throw new CheckpointException(
                $"{File}: {name}: offset {tensor.Offset}, shape ({string.Join(", ", tensor.Size)}), strides "
                    + $"({string.Join(", ", tensor.Stride)}): must be at least 0");
        }

        long there = entry.Length / bytes;
        if (tensor.Storage.Count < 0
            || (tensor.Storage.Type is { } type && tensor.Storage.Count > entry.Length / ElementTypes.BytesOf(type)))
        {
            throw new CheckpointException(
                $"{File}: {name}: its storage is said to have {tensor.Storage.Count} elements, {key} has {entry.Length} bytes");
        }

        Int128 count = 1, last = tensor.Offset;
        foreach ((long size, long stride) in tensor.Size.Zip(tensor.Stride))
        {
            count *= size;
            last += (Int128)Math.Max(size - 1, 0) * stride;
            // Both only grow, unless an axis is empty.
            if (count > there || last >= there) break;
        }

        if (!tensor.Size.Contains(0) && (count > there || last >= there))
        {
            throw new CheckpointException(
                $"{File}: {name}: shape ({string.Join(", ", tensor.Size)}), strides ({string.Join(", ", tensor.Stride)}) from "
                    + $"{tensor.Offset} points outside its storage of {there} elements");
        }

        return tensor;
    }

    private Tensor Read(string name, PickleTensor tensor, ByteLook? look)
    {
        if (tensor.Size.Contains(0)) return empty(tensor.Size, tensor.Type);
        int bytes = ElementTypes.BytesOf(tensor.Type);
        long offset = entries[$"{root}data/{tensor.Storage.Key}"].Offset + (tensor.Offset * bytes);
        if (IsContiguous(tensor)) return source.Tensor(offset, tensor.Size, tensor.Type, look);
        long span = 1 + tensor.Size.Zip(tensor.Stride, (size, stride) => (size - 1) * stride).Sum();
        if (span > int.MaxValue)
            throw new CheckpointException($"{File}: {name}: its strides span {span} elements, at most {int.MaxValue} are read");
        using Tensor covered = source.Tensor(offset, [span], tensor.Type, look);
        using Tensor view = covered.as_strided(tensor.Size, tensor.Stride, covered.storage_offset());
        return view.contiguous();
    }

    private static bool IsContiguous(PickleTensor tensor)
    {
        long expected = 1;
        for (int axis = tensor.Size.Length - 1; axis >= 0; axis--)
        {
            if (tensor.Size[axis] != 1 && tensor.Stride[axis] != expected) return false;
            expected *= tensor.Size[axis];
        }

        return true;
    }
}
