using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using static TorchSharp.torch;

namespace Cil.TestKit.Models;

/// <summary>
/// A Stable Video Diffusion model laid out as diffusers lays it out, with random weights, as small as the networks allow.
/// </summary>
internal sealed class TinySvd : IDisposable
{
    internal const string Name = "tiny-svd";

    private const string UNet = """
        { "_class_name": "UNetSpatioTemporalConditionModel", "in_channels": 8, "out_channels": 4, "block_out_channels": [32, 64],
          "down_block_types": ["CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"],
          "up_block_types": ["UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"], "addition_time_embed_dim": 32,
          "projection_class_embeddings_input_dim": 96, "layers_per_block": 1, "cross_attention_dim": 24, "num_attention_heads": [2, 4],
          "num_frames": 4 }
        """;

    private const string Autoencoder = """
        { "_class_name": "AutoencoderKLTemporalDecoder", "in_channels": 3, "out_channels": 3, "latent_channels": 4, "layers_per_block": 1,
          "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"], "block_out_channels": [32, 32], "scaling_factor": 0.18215 }
        """;

    private const string ImageEncoder = """
        { "_class_name": "CLIPVisionModelWithProjection", "hidden_size": 32, "intermediate_size": 128, "projection_dim": 24,
          "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 28, "patch_size": 14, "hidden_act": "gelu" }
        """;

    private const string Manifest = """
        { "name": "tiny-svd", "family": "svd", "frames": 4, "height": 32, "width": 48, "image_fit": "stretch",
          "sampling": { "steps": 4, "decode_chunk_size": 3, "motion_bucket_id": 20, "fps": 5 } }
        """;

    internal TinySvd()
    {
        _ = Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, "model.json"), Manifest);
        Part("unet", UNet, "diffusion_pytorch_model.safetensors", (json, scope) => _ = new SvdUNet(SvdUNetConfig.Read(json), scope));
        Part(
            "vae", Autoencoder, "diffusion_pytorch_model.safetensors",
            (json, scope) => _ = new SvdAutoencoder(SvdAutoencoderConfig.Read(json), scope));
        Part("image_encoder", ImageEncoder, "model.safetensors", (json, scope) =>
        {
            (VisionConfig vision, long width) = TransformersVision.Read(json);
            _ = VisionTower.OfTransformers(vision, width, scope);
        });
    }

    internal string Folder { get; } = Path.Combine(Path.GetTempPath(), $"tiny-svd-{Guid.NewGuid():N}");

    internal string PathOf(string part, string name) => Path.Combine(Folder, part, name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Part(string name, string config, string file, Action<JsonElement, WeightScope> build)
    {
        _ = Directory.CreateDirectory(Path.Combine(Folder, name));
        File.WriteAllText(PathOf(name, "config.json"), config);
        using var fresh = new FreshWeights(seed: 3, zeros: false);
        build(JsonSerializer.Deserialize<JsonElement>(config), WeightScope.Root(fresh));
        SafetensorsWriter.Save(PathOf(name, file), fresh.Parameters);
    }
}
