using System.Globalization;
using System.Text.Json;
using Cil.Diffusion.Autoencoders;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.Pipelines.StableVideo;
using Cil.Training.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.World;

/// <summary>
/// The parts of a diffusers folder that the small world's Stable Video Diffusion does not train: the autoencoder of a model
/// of DynamiCrafter under diffusers' names, whose blocks over time change nothing, and an image tower of fixed random weights.
/// </summary>
internal static class SvdParts
{
    internal const string Weights = "diffusion_pytorch_model.safetensors", TowerWeights = "model.safetensors";

    private const string Config = "config.json";

    /// <summary>Writes vae and image_encoder.</summary>
    internal static void Write(string folder, string source, LvdmManifest manifest, ulong seed)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var files = new SvdFiles();
        using ITensorFile weights = LvdmCheckpoint.Open(Path.Combine(source, manifest.Files.Weights));
        Save(folder, files.Autoencoder, Weights, AutoencoderConfig(manifest), Autoencoder(weights, manifest.Autoencoder.Config));
        using var fresh = new TrainingWeights(seed, ScalarType.Float32);
        _ = VisionTower.OfTransformers(WorldModel.SvdVision, WorldModel.SvdVision.Width, WeightScope.Root(fresh));
        Save(
            folder, files.ImageEncoder, TowerWeights, TowerConfig(WorldModel.SvdVision),
            fresh.Parameters.Select(parameter => (parameter.Name, parameter.Master)));
    }

    /// <summary>Writes unet.</summary>
    internal static void WriteUNet(string folder, SvdUNetConfig config, IEnumerable<(string Name, Tensor Value)> weights) => Save(
        folder, new SvdFiles().UNet, Weights, new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["in_channels"] = config.InChannels, ["out_channels"] = config.OutChannels,
            ["block_out_channels"] = config.BlockOutChannels,
            ["down_block_types"] = config.Attention.Select(attends => $"{(attends ? "CrossAttn" : "")}DownBlockSpatioTemporal"),
            ["up_block_types"] = config.Attention.Reverse().Select(attends => $"{(attends ? "CrossAttn" : "")}UpBlockSpatioTemporal"),
            ["layers_per_block"] = config.LayersPerBlock,
            ["transformer_layers_per_block"] = config.TransformerLayersPerBlock,
            ["num_attention_heads"] = config.AttentionHeads,
            ["cross_attention_dim"] = config.CrossAttentionDim,
            ["addition_time_embed_dim"] = config.AdditionTimeEmbedDim,
            ["projection_class_embeddings_input_dim"] = config.AdditionTimeEmbedDim * SvdUNetConfig.MicroConditions,
            ["num_frames"] = config.NumFrames,
        }, weights);

    private static Dictionary<string, object> AutoencoderConfig(LvdmManifest manifest)
    {
        AutoencoderConfig config = manifest.Autoencoder.Config;
        return new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["in_channels"] = config.InChannels, ["out_channels"] = config.OutCh,
            ["block_out_channels"] = config.ChMult.Select(factor => factor * config.Ch),
            ["down_block_types"] = config.ChMult.Select(_ => "DownEncoderBlock2D"),
            ["layers_per_block"] = config.NumResBlocks,
            ["latent_channels"] = config.ZChannels,
            ["scaling_factor"] = manifest.ScaleFactor,
        };
    }

    private static Dictionary<string, object> TowerConfig(VisionConfig config) => new(StringComparer.Ordinal)
    {
        ["hidden_act"] = "gelu", ["hidden_size"] = config.Width, ["intermediate_size"] = config.Width * 4,
        ["num_attention_heads"] = config.Width / config.HeadWidth, ["num_hidden_layers"] = config.Layers,
        ["image_size"] = config.ImageSize, ["patch_size"] = config.PatchSize, ["projection_dim"] = config.Width,
    };

    private static IEnumerable<(string Name, Tensor Value)> Autoencoder(ITensorFile weights, AutoencoderConfig config)
    {
        const string Encoder = "encoder.", Decoder = "decoder.";
        int levels = config.ChMult.Count;
        string prefix = $"{ModelNetworks.AutoencoderPrefix}.";
        var renamed = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (string full in weights.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            string name = full[prefix.Length..];
            if (name.StartsWith("post_quant_conv.", StringComparison.Ordinal)) continue;
            Tensor value = weights.Read(full).to(float32);
            // Attention is stored as linear layers there.
            if (name.Contains(".attn_1.", StringComparison.Ordinal) && value.dim() == 4) value = value.squeeze(-1).squeeze(-1);
            if (name.StartsWith(Decoder, StringComparison.Ordinal)) renamed[OfDecoder(name, levels)] = value;
            else renamed[name.StartsWith(Encoder, StringComparison.Ordinal) ? OfEncoder(name) : name] = value;
        }

        // The 1 x 1 convolution before the decoder's first is not there: one convolution does what both did, but at the borders,
        // where the padding of the second cut off the first one's bias.
        Tensor before = weights.Read($"{prefix}post_quant_conv.weight").to(float32).squeeze(-1).squeeze(-1), // (z, embed)
            shift = weights.Read($"{prefix}post_quant_conv.bias").to(float32),
            first = renamed["decoder.conv_in.weight"]; // (C, z, 3, 3)
        renamed["decoder.conv_in.weight"] = einsum("czyx,ze->ceyx", first, before).contiguous();
        renamed["decoder.conv_in.bias"] = renamed["decoder.conv_in.bias"] + first.sum([2, 3]).mv(shift);
        var still = new StillTime(renamed);
        _ = new SvdAutoencoder(
            new SvdAutoencoderConfig
            {
                BlockOutChannels = [.. config.ChMult.Select(factor => factor * config.Ch)],
                LayersPerBlock = config.NumResBlocks,
                LatentChannels = config.ZChannels,
            },
            WeightScope.Root(still));
        return [.. renamed.Select(weight => (weight.Key, weight.Value))];
    }

    private static string OfEncoder(string name)
    {
        string[] parts = name.Split('.');
        return parts switch
        {
            ["encoder", "down", var level, "block", var block, .. var rest] => Join($"encoder.down_blocks.{level}.resnets.{block}", rest),
            ["encoder", "down", var level, "downsample", "conv", .. var rest] =>
                Join($"encoder.down_blocks.{level}.downsamplers.0.conv", rest),
            _ => OfMiddle("encoder", "", parts),
        };
    }

    private static string OfDecoder(string name, int levels)
    {
        string[] parts = name.Split('.');
        return parts switch
        {
            ["decoder", "up", var level, "block", var block, .. var rest] =>
                Join($"decoder.up_blocks.{Place(level)}.resnets.{block}.spatial_res_block", rest),
            ["decoder", "up", var level, "upsample", "conv", .. var rest] =>
                Join($"decoder.up_blocks.{Place(level)}.upsamplers.0.conv", rest),
            _ => OfMiddle("decoder", ".spatial_res_block", parts),
        };

        int Place(string level) => levels - 1 - int.Parse(level, CultureInfo.InvariantCulture);
    }

    private static string OfMiddle(string part, string inside, string[] parts) => parts switch
    {
        [_, "mid", "block_1", .. var rest] => Join($"{part}.mid_block.resnets.0{inside}", rest),
        [_, "mid", "block_2", .. var rest] => Join($"{part}.mid_block.resnets.1{inside}", rest),
        [_, "mid", "attn_1", var layer, .. var rest] => Join($"{part}.mid_block.attentions.0", [Attention(layer), .. rest]),
        [_, "norm_out", .. var rest] => Join($"{part}.conv_norm_out", rest),
        _ => string.Join('.', parts),
    };

    private static string Attention(string layer) => layer switch
    {
        "norm" => AutoencoderNames.Diffusers.AttentionNorm,
        "q" => AutoencoderNames.Diffusers.Query,
        "k" => AutoencoderNames.Diffusers.Key,
        "v" => AutoencoderNames.Diffusers.Value,
        _ => AutoencoderNames.Diffusers.AttentionOutput,
    };

    private static string Join(string path, string[] rest) =>
        string.Join(
            '.', [path, .. rest.Select(part => part == AutoencoderNames.Ldm.Shortcut ? AutoencoderNames.Diffusers.Shortcut : part)]);

    private static void Save(
        string folder, string part, string file, IDictionary<string, object> config, IEnumerable<(string Name, Tensor Value)> weights)
    {
        string target = Path.Combine(folder, part);
        Directory.CreateDirectory(target);
        SafetensorsWriter.Save(Path.Combine(target, file), weights);
        File.WriteAllText(Path.Combine(target, Config), JsonSerializer.Serialize(config) + "\n");
    }

    /// <summary>Adds what the autoencoder asks for besides: blocks over time that change nothing, and a convolution that copies.</summary>
    private sealed class StillTime(SortedDictionary<string, Tensor> weights) : IWeightSource
    {
        public Tensor Get(string name, long[] shape, Initial kind)
        {
            if (weights.TryGetValue(name, out Tensor? there)) return there;
            bool isNorm = name.Contains(".norm", StringComparison.Ordinal) && name.EndsWith(".weight", StringComparison.Ordinal);
            Tensor made = isNorm ? ones(shape) : zeros(shape);
            if (name == "decoder.time_conv_out.weight")
            {
                for (int colour = 0; colour < 3; colour++) made[colour, colour, 1, 0, 0] = 1f;
            }

            return weights[name] = made;
        }
    }
}
