using Cil.Diffusion.Checkpoints.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints.Lora;

/// <summary>
/// A checkpoint with LoRAs merged into its weights: W + Σ weight (alpha / rank) up down, each product and the sum in float64
/// in the order of the list, rounded once to float32. Layers that none changes are the file's own.
/// </summary>
internal sealed class MergedTensors : ITensorFile
{
    private const string Weight = ".weight";

    private readonly ITensorFile file;
    private readonly List<(LoraFile Lora, double Weight)> loras;
    private readonly HashSet<string> changed;

    private MergedTensors(ITensorFile file, List<(LoraFile Lora, double Weight)> loras)
    {
        (this.file, this.loras) = (file, loras);
        changed = [.. loras.SelectMany(each => each.Lora.Layers).Select(layer => layer + Weight)];
    }

    public string File => file.File;

    public IReadOnlyList<string> Files => file.Files;

    public IReadOnlyCollection<string> Names => file.Names;

    /// <summary>The file itself where there are no LoRAs; takes the file.</summary>
    /// <param name="folder">Where the LoRAs' files are.</param>
    /// <exception cref="CheckpointException">A LoRA is missing or damaged, or changes layers that the file does not have.</exception>
    internal static ITensorFile Of(ITensorFile file, string folder, IReadOnlyList<LoraEntry>? entries)
    {
        if (entries is null || entries.Count == 0) return file;
        var loras = new List<(LoraFile Lora, double Weight)>();
        var merged = new Lazy<MergedTensors>(() => new MergedTensors(file, loras));
        try
        {
            foreach (LoraEntry entry in entries)
            {
                loras.Add((LoraFile.Read(Path.Combine(folder, entry.File)), entry.Weight));
                string[] unknown = [.. loras[^1].Lora.Layers.Where(layer => file.Find(layer + Weight) is null)];
                if (unknown.Length > 0)
                {
                    throw new CheckpointException(
                        $"{entry.File}: changes {unknown.Length} layers that {file.File} does not have, such as {unknown[0]}: it was "
                            + $"made for another model");
                }
            }

            return merged.Value;
        }
        catch
        {
            merged.Value.Dispose();
            throw;
        }
    }

    public TensorEntry? Find(string name) =>
        file.Find(name) is not { } entry ? null : changed.Contains(name) ? new TensorEntry(ScalarType.Float32, entry.Shape) : entry;

    public Tensor Read(string name, ByteLook? look = null)
    {
        if (!changed.Contains(name)) return file.Read(name, look);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor sum = file.Read(name).to(float64);
        foreach ((LoraFile lora, double weight) in loras)
        {
            if (lora.Change(name[..^Weight.Length], sum.shape) is { } change) sum = sum + (change * weight);
        }

        Tensor rounded = sum.to(float32);
        return rounded.isfinite().all().item<bool>()
            ? rounded.MoveToOuterDisposeScope()
            : throw new CheckpointException($"{File}: {name}: is not finite with its LoRAs merged");
    }

    public void Dispose()
    {
        foreach ((LoraFile lora, _) in loras) lora.Dispose();
        file.Dispose();
    }
}
