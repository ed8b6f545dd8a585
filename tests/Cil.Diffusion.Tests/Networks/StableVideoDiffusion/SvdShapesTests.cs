using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.TestKit.Models;

namespace Cil.Diffusion.Tests.Networks.StableVideoDiffusion;

/// <summary>The full-size networks ask for exactly the tensors of the released checkpoint.</summary>
public sealed class SvdShapesTests : IDisposable
{
    private readonly Golden golden = new("svd/state_dict_shapes");
    private readonly ShapeListing listing = new();

    [Fact]
    public void UNet_HasTheReleasedCheckpointsTensors()
    {
        _ = new SvdUNet(SvdUNetConfig.Read(golden.Config.GetProperty("unet")), WeightScope.Root(listing));

        Assert.Equal(golden.Shapes("unet.json"), Golden.Lines(listing));
        Assert.Equal(1_524_623_082, Numbers());
    }

    [Fact]
    public void Autoencoder_HasTheReleasedCheckpointsTensors()
    {
        _ = new SvdAutoencoder(SvdAutoencoderConfig.Read(golden.Config.GetProperty("vae")), WeightScope.Root(listing));

        Assert.Equal(golden.Shapes("vae.json"), Golden.Lines(listing));
        Assert.Equal(97_742_847, Numbers());
    }

    [Fact]
    public void ImageEncoder_HasTheReleasedCheckpointsTensors()
    {
        using JsonDocument config = JsonDocument.Parse(
            golden.Config.GetProperty("image_encoder").GetRawText().Replace("}", ",\"hidden_act\":\"gelu\"}", StringComparison.Ordinal));
        (VisionConfig vision, long embed) = TransformersVision.Read(config.RootElement);
        _ = VisionTower.OfTransformers(vision, embed, WeightScope.Root(listing));

        Assert.Equal(golden.Shapes("image_encoder.json", TransformersVision.IgnoredNames), Golden.Lines(listing));
    }

    [Theory]
    [InlineData(
        "up_block_types", """["UpBlock3D"]""",
        "up_block_types: expected CrossAttnUpBlockSpatioTemporal or UpBlockSpatioTemporal, got UpBlock3D")]
    [InlineData("num_attention_heads", "[5, 10]", "num_attention_heads: expected 4 entries, got 2")]
    [InlineData(
        "projection_class_embeddings_input_dim", "512",
        "projection_class_embeddings_input_dim: expected 768, 3 times addition_time_embed_dim, got 512")]
    [InlineData("layers_per_block", "[2, 2, 2, 3]", "layers_per_block: expected the same for every level, got 2, 2, 2, 3")]
    public void Config_WithAValueTheNetworkDoesNotHave_IsRefusedByName(string name, string value, string message)
    {
        Dictionary<string, JsonElement> config = golden.Config.GetProperty("unet").Deserialize<Dictionary<string, JsonElement>>()!;
        config[name] = JsonSerializer.Deserialize<JsonElement>(value);

        JsonException error = Assert.Throws<JsonException>(() => SvdUNetConfig.Read(JsonSerializer.SerializeToElement(config)));

        Assert.Equal(message, error.Message);
    }

    public void Dispose() => golden.Dispose();

    private long Numbers() => listing.Entries.Sum(entry => entry.Shape.Aggregate(1L, (product, axis) => product * axis));
}
