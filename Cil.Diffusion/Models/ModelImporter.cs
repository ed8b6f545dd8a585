using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Models;

/// <summary>
/// Recognises released checkpoints by their tensors, and folders of diffusers by their configurations, and makes model folders
/// that point at them: nothing is copied.
/// </summary>
public static class ModelImporter
{
    private const string InputLayer = "model.diffusion_model.input_blocks.0.0.weight",
        Alpha = "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.alpha";
    private const string Projector = "image_proj_model.latents", StabilityConditioner = "conditioner.embedders.",
        Scale = "scale_arr", SvdInput = "conv_in.weight", SvdAdded = "add_embedding.linear_1.weight", Wrapper = "module.";
    private static readonly string[] Systems = ["dynamicrafter", "videocrafter", "svd"];
    private const string WeightsLink = "weights.ckpt", FineTunedLink = "unet.ckpt", Merges = "merges.txt";

    /// <summary>What a file or folder is.</summary>
    /// <param name="path">A checkpoint's file, or a folder of diffusers.</param>
    /// <param name="baseFolder">
    /// For a file that holds a U-Net of Stable Video Diffusion only: the model or folder that has the rest.
    /// </param>
    /// <param name="tuning">How the weights came about; null to tell it from the file's name.</param>
    /// <exception cref="CheckpointException">It is damaged, or of no known system; what was found and what is known is said.</exception>
    /// <exception cref="ModelFolderException">A configuration has values that the networks do not have.</exception>
    public static ImportedModel Recognise(string path, string? baseFolder = null, Tuning? tuning = null)
    {
        if (Directory.Exists(path)) return Folder(path, tuning ?? TuningOf(path), needsUNet: true);
        using ITensorFile file = LvdmCheckpoint.Open(path);
        Tuning told = tuning ?? TuningOf(path);
        if (file.Names.Any(name => name.StartsWith(StabilityConditioner, StringComparison.Ordinal))) throw StabilityLayout(path);
        if (file.Find(InputLayer) is not null && file.Find(Projector) is not null) return OneFile(file, path, told);
        return file.Find(SvdInput) is not null || file.Find(Wrapper + SvdInput) is not null
            ? FineTuned(path, baseFolder, told)
            : throw Unknown(path, file);
    }

    /// <summary>Writes the model folder: model.json and links.</summary>
    /// <exception cref="ModelFolderException">There is such a folder already.</exception>
    public static void Write(ImportedModel model, string folder)
    {
        if (Directory.Exists(folder)) throw new ModelFolderException($"{folder}: is there already; remove it, or choose another name");
        _ = Directory.CreateDirectory(folder);
        foreach ((string name, string target) in model.Links)
        {
            if (Directory.Exists(target)) _ = Directory.CreateSymbolicLink(Path.Combine(folder, name), Path.GetFullPath(target));
            else _ = File.CreateSymbolicLink(Path.Combine(folder, name), Path.GetFullPath(target));
        }

        model.Manifest.Write(folder);
    }

    // Of the released checkpoints only; the network's sizes are not in the file, its tensors' shapes are.
    private static ImportedModel OneFile(ITensorFile file, string path, Tuning tuning)
    {
        long channels = file.Find(InputLayer)!.Value.Shape[1];
        LvdmManifest model = channels == ReleasedModels.VideoCrafter1.UNet.InChannels ? ReleasedModels.VideoCrafter1
            : file.Find(Alpha) is not null ? ReleasedModels.DynamiCrafter256
            : LowestScale(file) is < 0.5f ? ReleasedModels.DynamiCrafter1024
            : ReleasedModels.DynamiCrafter512;
        var listing = new ShapeListing();
        _ = new ModelNetworks(model, listing);
        string[] faults = [.. TensorErrors.Of(file, listing, LvdmLeftovers.Contains)];
        if (faults.Length > 0)
        {
            throw new CheckpointException(
                $"{path}: looks like {model.Name}, but {faults.Length} of its tensors do not fit:{Lines(faults)}");
        }

        string merges = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, "bpe_simple_vocab_16e6.txt.gz");
        var links = new Dictionary<string, string>(StringComparer.Ordinal) { [WeightsLink] = path };
        if (File.Exists(merges)) links[Merges] = merges;
        return new ImportedModel(
            model with { Name = Named(model.Name, tuning), Tuning = tuning, Files = new ModelFiles { Weights = WeightsLink } }, links,
            File.Exists(merges) ? null : $"{Merges}: bpe_simple_vocab_16e6.txt.gz of the open_clip package, as it is, under this name");
    }

    /// <param name="needsUNet">
    /// Whether the folder must have the U-Net's weights, too; a fine-tuned U-Net is in the place of its own.
    /// </param>
    private static ImportedModel Folder(string folder, Tuning tuning, bool needsUNet)
    {
        string[] parts = ["unet", "vae", "image_encoder"];
        string[] missing = [.. parts.Where(part => !File.Exists(Path.Combine(folder, part, "config.json")))];
        if (missing.Length > 0)
        {
            throw new CheckpointException(
                $"{folder}: not a folder of diffusers' Stable Video Diffusion: it has no "
                    + $"{string.Join(", ", missing.Select(part => $"{part}/config.json"))}; for a checkpoint of one file name the file");
        }

        int frames = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(folder, "unet", "config.json")))
            .TryGetProperty("num_frames", out JsonElement count)
            ? count.GetInt32()
            : 14;
        SvdManifest model = ReleasedModels.StableVideoDiffusion(frames);
        model = model with { Name = Named(model.Name, tuning), Tuning = tuning };
        SvdManifest sized = model.WithParts(folder);
        string[] faults = [.. sized.Errors()];
        if (faults.Length > 0) throw new ModelFolderException($"{folder}: {string.Join("; ", faults)}");
        string[] weights = [.. SvdNetworks.Errors(sized, folder, needsUNet)];
        if (weights.Length > 0) throw new CheckpointException($"{folder}: the weights do not fit the config.json files:{Lines(weights)}");
        return new ImportedModel(model, parts.ToDictionary(part => part, part => Path.Combine(folder, part), StringComparer.Ordinal));
    }

    private static ImportedModel FineTuned(string path, string? baseFolder, Tuning tuning)
    {
        if (baseFolder is null)
        {
            throw new CheckpointException(
                $"{path}: holds a U-Net of Stable Video Diffusion only; name the folder that "
                    + "has the autoencoder and the image encoder with --base");
        }

        ImportedModel whole = Folder(baseFolder, tuning, needsUNet: false);
        SvdManifest sized = ((SvdManifest)whole.Manifest).WithParts(baseFolder);
        var listing = new ShapeListing();
        _ = new SvdUNet(sized.UNet, WeightScope.Root(listing));
        using ITensorFile tensors = SvdNetworks.Open(path);
        string[] faults = [.. TensorErrors.Of(tensors, listing, _ => false)];
        if (faults.Length > 0)
            throw new CheckpointException($"{path}: {faults.Length} tensors do not fit the U-Net of {baseFolder}:{Lines(faults)}");
        string name = tuning == Tuning.Plain ? $"{sized.Name}-finetuned" : sized.Name;
        var plain = (SvdManifest)whole.Manifest;
        return new ImportedModel(
            (tuning == Tuning.Plain ? plain : ReleasedModels.FineTuned(plain)) with
            {
                Name = name,
                Files = new SvdFiles { UNetWeights = FineTunedLink },
            },
            new Dictionary<string, string>(whole.Links, StringComparer.Ordinal) { [FineTunedLink] = path });
    }

    private static string Lines(string[] faults)
    {
        const int Most = 20;
        return $"\n  {string.Join("\n  ", faults.Take(Most))}{(faults.Length > Most ? $"\n  … and {faults.Length - Most} more" : "")}";
    }

    // The end of the dynamic rescale tells the 512 model (0.7) from the 1024 one (0.3), whose tensors are named and shaped alike.
    private static float? LowestScale(ITensorFile file)
    {
        if (file.Find(Scale) is not { } entry || entry.Shape.Length != 1) return null;
        using Tensor scale = file.Read(Scale);
        return scale.min().ToSingle();
    }

    private static string Named(string model, Tuning tuning) =>
        tuning == Tuning.Plain ? model : $"{model}-{tuning.ToString().ToLowerInvariant()}";

    // A folder counts only where it names the system too: any checkpoint may lie in a folder called cil.
    private static Tuning TuningOf(string path)
    {
        string whole = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        string[] words = Words(Path.GetFileName(whole)), above = Words(Path.GetFileName(Path.GetDirectoryName(whole) ?? ""));
        if (above.Any(word => Systems.Any(system => word.StartsWith(system, StringComparison.Ordinal)))) words = [.. words, .. above];
        return words.Contains("naive") || words.Contains("baseline") ? Tuning.Naive
            : words.Contains("timenoise") || words.Contains("cil") ? Tuning.TimeNoise
            : Tuning.Plain;
    }

    private static string[] Words(string name) =>
        name.ToLowerInvariant().Split(['-', '_', '.', ' '], StringSplitOptions.RemoveEmptyEntries);

    private static CheckpointException StabilityLayout(string path) => new(
        $"{path}: Stable Video Diffusion in Stability AI's layout of one file (model.diffusion_model.*, conditioner.*, "
            + $"first_stage_model.*), which is not imported; "
        + "import the same model in diffusers' layout: the folder of stabilityai/stable-video-diffusion-img2vid or -img2vid-xt with "
        + "unet, vae and image_encoder");

    private static CheckpointException Unknown(string path, ITensorFile file)
    {
        string known =
            $"DynamiCrafter and VideoCrafter1 ({InputLayer} and {Projector}), a U-Net of Stable Video Diffusion ({SvdInput} and "
                + $"{SvdAdded}), or a folder of diffusers";
        return new CheckpointException(
            $"{path}: of no known system; known: {known}; found {file.Names.Count} tensors: "
                + $"{string.Join(", ", file.Names.Take(5))}{(file.Names.Count > 5 ? ", …" : "")}");
    }
}
