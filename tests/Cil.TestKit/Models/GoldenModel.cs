using System.Text.Json;
using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Models;
using Cil.Diffusion.Networks.DynamiCrafter;
using Cil.Diffusion.Networks.VideoCrafter1;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Samplers;
using Cil.Media.Images;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.TestKit.Models;

/// <summary>
/// A model of each system at the goldens' size, with their U-Net and autoencoder, in a container that checkpoints are
/// released in.
/// </summary>
internal sealed class GoldenModel : IDisposable
{
    internal const string Name = "golden", SafetensorsFile = "safetensors", Sharded = "sharded", Pickled = "bin", Trained = "ckpt";
    internal const int Frames = 4, Size = 64;

    private const long Context = 24, Width = 32;
    private const string Weights = "weights.safetensors", SvdManifest = """
        { "name": "golden", "family": "svd", "frames": 4, "height": 64, "width": 64, "image_fit": "stretch", "time_context": "legacy",
          "sampling": { "steps": 5, "guidance_scale": 3, "min_guidance_scale": 1, "start": 100, "decode_chunk_size": 4 },
          "files": { FILES } }
        """;

    internal GoldenModel(string system, string container)
    {
        _ = Directory.CreateDirectory(Folder);
        if (system == FamilyName.StableVideoDiffusion) MakeSvd(container);
        else MakeLvdm(system, container);
    }

    /// <summary>Every system in every container.</summary>
    internal static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (string system in (string[])[FamilyName.DynamiCrafter, FamilyName.VideoCrafter1, FamilyName.StableVideoDiffusion])
            {
                foreach (string container in (string[])[SafetensorsFile, Sharded, Pickled, Trained]) all.Add(system, container);
            }

            return all;
        }
    }

    internal string Folder { get; } = Directory.CreateTempSubdirectory("cil-golden-").FullName;

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void MakeLvdm(string system, string container)
    {
        bool crafter = system == FamilyName.VideoCrafter1;
        JsonElement unet = Config($"{system}/unet_2level_wide").GetProperty("params");
        var manifest = new LvdmManifest
        {
            Name = Name, Family = system, Frames = Frames, Height = Size, Width = Size, ImageFit = ImageFit.Stretch,
            UNet = crafter ? VideoCrafterUNet.Read(unet) : unet.Deserialize<UNetConfig>()!,
            Autoencoder = new AutoencoderManifest
            {
                EmbedDim = 4,
                Config = Config("dynamicrafter/autoencoder").GetProperty("params")
                    .GetProperty("ddconfig")
                    .Deserialize<AutoencoderConfig>()!,
            },
            Resampler = new ResamplerConfig
            {
                Dim = Width, Depth = 1, DimHead = 16, Heads = 2, NumQueries = 16,
                EmbeddingDim = Width, OutputDim = Context, VideoLength = crafter ? null : Frames,
            },
            OpenClip = new OpenClipConfig
            {
                EmbedDim = Width,
                Vision = new VisionConfig { ImageSize = 32, Layers = 1, Width = Width, HeadWidth = 16, PatchSize = 8 },
                Text = new TextConfig { VocabSize = 514, Width = Context, Heads = 2, Layers = 2 },
            },
            Schedule = crafter
                ? new ScheduleManifest
                {
                    Parameterization = Parameterization.Eps, ZeroTerminalSnr = false, BaseScale = 0.7, RescaleToTimeZero = true,
                }
                : new ScheduleManifest { BaseScale = 0.7 },
            Sampling = crafter
                ? new LvdmSampling { Steps = 5, GuidanceScale = 12, GuidanceRescale = 0, Spacing = TimestepSpacing.Uniform }
                : new LvdmSampling { Steps = 5, GuidanceScale = 7.5, GuidanceRescale = 0.7 },
        };
        using (NewDisposeScope())
        {
            using var fresh = new FreshWeights(seed: 1, zeros: false);
            _ = new ModelNetworks(manifest, fresh);
            Dictionary<string, Tensor> stored = Stored($"{system}/unet_2level_wide", ModelNetworks.UNetPrefix).Concat(
                Stored("dynamicrafter/autoencoder", ModelNetworks.AutoencoderPrefix)).ToDictionary();
            ModelFolder.Save(
                Folder, manifest,
                fresh.Parameters.Select(own => stored.TryGetValue(own.Name, out Tensor? golden) ? (own.Name, golden) : own), []);
        }

        string name = Pack(Path.Combine(Folder, Weights), container, (from, to) => Containers.Light(from, to));
        (manifest with { Files = new ModelFiles { Weights = name } }).Write(Folder);
    }

    private void MakeSvd(string container)
    {
        string files = "";
        foreach ((string part, string golden, string stem) in new[]
        {
            ("unet", "svd/unet_2level_wide", "diffusion_pytorch_model"),
            ("vae", "svd/vae", "diffusion_pytorch_model"), ("image_encoder", "svd/clip_vision", "model"),
        })
        {
            string folder = Directory.CreateDirectory(Path.Combine(Folder, part)).FullName,
                weights = Path.Combine(folder, $"{stem}.safetensors");
            File.Copy(Path.Combine(Golden(golden), "config.json"), Path.Combine(folder, "config.json"));
            File.Copy(Path.Combine(Golden(golden), Weights), weights);
            // A trainer's checkpoint holds the U-Net only.
            if (container == Trained && part != "unet") continue;
            string name = Pack(weights, container, (from, to) => Containers.Train(from, Path.Combine(Folder, Path.GetFileName(to))));
            if (container == Trained) files = $"\"unet_weights\": \"{name}\"";
        }

        File.WriteAllText(Path.Combine(Folder, "model.json"), SvdManifest.Replace("FILES", files, StringComparison.Ordinal));
    }

    // The file's name in its new container.
    private static string Pack(string path, string container, Action<string, string> train)
    {
        switch (container)
        {
            case Sharded:
                Containers.Shard(path);
                return $"{Path.GetFileName(path)}.index.json";
            case Pickled:
                Containers.Pickle(path);
                return Path.ChangeExtension(Path.GetFileName(path), ".bin");
            case Trained:
                string target = Path.ChangeExtension(path, ".ckpt");
                train(path, target);
                File.Delete(path);
                return Path.GetFileName(target);
            default: return Path.GetFileName(path);
        }
    }

    private static KeyValuePair<string, Tensor>[] Stored(string golden, string prefix)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(Path.Combine(Golden(golden), Weights));
        return [.. reader.Entries.Keys.Select(name => KeyValuePair.Create($"{prefix}.{name}", reader.Read(name)))];
    }

    private static JsonElement Config(string golden) =>
        JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(Golden(golden), "config.json")));

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Goldens", name);
}
