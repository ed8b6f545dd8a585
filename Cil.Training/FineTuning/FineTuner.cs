using System.Globalization;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Lora;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;
using Cil.Media.Clips;
using Cil.Media.Processes;
using Cil.Training.Runs;
using static TorchSharp.torch;

namespace Cil.Training.FineTuning;

/// <summary>
/// Fine-tunes a model on a folder of clips: encodes them once, trains the network, naive or with TimeNoise (the CIL paper,
/// section 3.2), and writes a model folder. Every part is kept in the run's folder and not done again.
/// </summary>
public abstract class FineTuner
{
    /// <summary>The fine-tuner of a model's system.</summary>
    /// <exception cref="ModelFolderException">The folder is no model.</exception>
    public static FineTuner Of(string modelFolder, FineTuningOptions options) => ModelFolder.Read(modelFolder) switch
    {
        { Loras.Count: > 0 } merged => throw new ModelFolderException(
            $"{modelFolder}: is {merged.Base ?? merged.Name} with LoRAs, which are merged when it is loaded: fine-tune the model without"),
        LvdmManifest => new LvdmFineTuner(modelFolder, options),
        SvdManifest => new SvdFineTuner(modelFolder, options),
        var other => throw new ModelFolderException($"{modelFolder}: of family {other.Family}, which cannot be fine-tuned"),
    };

    /// <summary>Encodes the clips, if that is not done yet.</summary>
    /// <param name="progress">Clips done, and of how many.</param>
    /// <exception cref="ClipListException">The folder is not a data set.</exception>
    /// <exception cref="MediaException">A clip cannot be read or is too short.</exception>
    public abstract void Encode(string dataFolder, Action<int, int> progress, CancellationToken cancel);

    /// <summary>Trains to the last step, from the run's checkpoint if there is one.</summary>
    /// <exception cref="TrainingException">The run's folder has clips that were encoded for something else.</exception>
    /// <returns>False if it was cancelled or the time limit ended it; the checkpoint is kept.</returns>
    public abstract bool Train(IProgress<TrainingProgress> progress, CancellationToken cancel);

    /// <summary>
    /// Writes a model folder, in its manifest how it was tuned: the base model with the trained parts' averages, in the precision of
    /// the base; of a LoRA its file, beside links to the base model's.
    /// </summary>
    /// <param name="name">The model's name.</param>
    public abstract void Export(string output, string name);

    /// <summary>The file of a LoRA in its folder.</summary>
    public const string LoraFile = "lora.safetensors";

    /// <summary>Writes the averages of the factors, under PEFT's names, the loss, and a model folder of the base with them.</summary>
    private protected static void ExportLora(
        string output, string name, FineTuningOptions options, int rank, string modelFolder, ModelManifest manifest)
    {
        const string AverageMark = "average.";
        Directory.CreateDirectory(output);
        string model = manifest.Base ?? manifest.Name;
        Tuning tuning = options.TimeNoise is null ? Tuning.Naive : Tuning.TimeNoise;
        using var trained = SafetensorsReader.Open(Path.Combine(options.Folder, "checkpoint.safetensors"));
        IEnumerable<string> factors = trained.Entries.Keys.Where(key => key.StartsWith(AverageMark, StringComparison.Ordinal));
        SafetensorsWriter.Save(
            Path.Combine(output, LoraFile),
            factors.Select(key => (key[AverageMark.Length..], trained.Read(key))),
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["format"] = "pt", ["rank"] = rank.ToString(CultureInfo.InvariantCulture),
                ["base_model"] = model, ["tuning"] = tuning.ToString().ToLowerInvariant(),
            });
        File.Copy(Path.Combine(options.Folder, "loss.svg"), Path.Combine(output, "loss.svg"), overwrite: true);
        LoraFolder.Write(
            output, modelFolder, manifest with { Name = name, Tuning = tuning, Base = model }, [new LoraEntry { File = LoraFile }]);
    }

    /// <summary>A tensor of the tuned model: the trained one's average where it was trained, in the type of the base.</summary>
    private protected static (string Name, Tensor Value) Averaged(string name, ITensorFile weights, SafetensorsReader trained)
    {
        const string AverageMark = "average.";
        Tensor original = weights.Read(name);
        return (name, trained.Has(AverageMark + name) ? trained.Read(AverageMark + name).to(original.dtype) : original);
    }
}
