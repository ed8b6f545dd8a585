using System.Globalization;
using Cil.Diffusion.Checkpoints.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints.Lora;

/// <summary>
/// Low-rank changes of a network's weights (Hu et al., "LoRA", 2021): for a layer of that name W + (alpha / rank) up down.
/// Read under the names of PEFT and diffusers (lora_A, lora_B) and of their forerunners (lora_down, lora_up, alpha).
/// </summary>
public sealed class LoraFile : IDisposable
{
    private const string Alpha = ".alpha";

    private static readonly string[] Downs = [".lora_A.weight", ".lora_down.weight"], Ups = [".lora_B.weight", ".lora_up.weight"];

    // What wrappers put before the layer's own name.
    private static readonly string[] Wrappers = ["base_model.model.", "unet.", "transformer."];

    private readonly Dictionary<string, (Tensor Down, Tensor Up, double Scale)> layers = new(StringComparer.Ordinal);

    private LoraFile(string path) => Path = path;

    public string Path { get; }

    /// <summary>Names of the layers that it changes.</summary>
    public IEnumerable<string> Layers => layers.Keys;

    /// <exception cref="CheckpointException">The file is damaged, or no LoRA; every tensor at fault is listed.</exception>
    public static LoraFile Read(string path)
    {
        using ITensorFile file = TensorFiles.Open(path);
        var lora = new LoraFile(path);
        try
        {
            lora.Take(file);
            return lora;
        }
        catch
        {
            lora.Dispose();
            throw;
        }
    }

    /// <summary>What it adds to a layer's weights, (out, in), float64; null where it does not change the layer.</summary>
    /// <exception cref="CheckpointException">The layer has another shape.</exception>
    internal Tensor? Change(string layer, long[] shape)
    {
        if (!layers.TryGetValue(layer, out (Tensor Down, Tensor Up, double Scale) found)) return null;
        if (shape.Length != 2 || found.Up.size(0) != shape[0] || found.Down.size(1) != shape[1])
        {
            throw new CheckpointException(
                $"{Path}: {layer}: made for ({found.Up.size(0)}, {found.Down.size(1)}), the model has ({string.Join(", ", shape)})");
        }

        return found.Up.mm(found.Down).mul_(found.Scale);
    }

    public void Dispose()
    {
        foreach ((Tensor down, Tensor up, _) in layers.Values)
        {
            down.Dispose();
            up.Dispose();
        }

        layers.Clear();
    }

    private void Take(ITensorFile file)
    {
        var faults = new List<string>();
        foreach (string name in file.Names)
        {
            if (Find(name, Ups) is not null || name.EndsWith(Alpha, StringComparison.Ordinal)) continue;
            if (Find(name, Downs) is not { } layer)
            {
                faults.Add($"{name}: no part of a LoRA: expected LAYER{string.Join(" or ", Downs)} and {string.Join(" or ", Ups)}");
                continue;
            }

            if (Ups.Select(mark => layer + mark).FirstOrDefault(up => file.Find(up) is not null) is not { } upper)
                faults.Add($"{name}: the other factor, {layer}{Ups[0]} or {layer}{Ups[1]}, is missing");
            else if (Pair(file, name, upper, layer) is { } fault) faults.Add(fault);
        }

        if (layers.Count == 0 && faults.Count == 0) faults.Add("has no factors");
        if (faults.Count > 0) throw new CheckpointException($"{Path}: {string.Join("\n  ", faults)}");
    }

    private string? Pair(ITensorFile file, string lower, string upper, string layer)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor down, Tensor up) = (file.Read(lower).to(float64), file.Read(upper).to(float64));
        if (down.dim() != 2 || up.dim() != 2 || down.size(0) != up.size(1))
        {
            return $"{layer}: expected (rank, in) and (out, rank), got ({string.Join(", ", down.shape)}) and "
                + $"({string.Join(", ", up.shape)})";
        }

        if (!down.isfinite().all().item<bool>() || !up.isfinite().all().item<bool>()) return $"{layer}: holds numbers that are not finite";
        long rank = down.size(0);
        double alpha = file.Find(layer + Alpha) is null ? rank : file.Read(layer + Alpha).to(float64).reshape(-1)[0].item<double>();
        string own = Wrappers.Aggregate(
            layer, (name, wrapper) => name.StartsWith(wrapper, StringComparison.Ordinal) ? name[wrapper.Length..] : name);
        if (!layers.TryAdd(own, (down.DetachFromDisposeScope(), up.DetachFromDisposeScope(), alpha / rank)))
            return string.Create(CultureInfo.InvariantCulture, $"{own}: is there twice");
        return null;
    }

    private static string? Find(string name, string[] marks) =>
        marks.FirstOrDefault(mark => name.EndsWith(mark, StringComparison.Ordinal)) is { } found ? name[..^found.Length] : null;
}
