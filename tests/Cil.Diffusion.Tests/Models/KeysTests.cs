using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Clip;
using Cil.Diffusion.Models;
using Cil.Diffusion.Networks.StableVideoDiffusion;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.TestKit.Models;

namespace Cil.Diffusion.Tests.Models;

/// <summary>
/// Every full-size network, built without memory, asks for exactly the tensors of the released checkpoints (Goldens/keys:
/// name, axes).
/// </summary>
public sealed class KeysTests
{
    [Theory]
    [InlineData("dynamicrafter-256")]
    [InlineData("dynamicrafter-512")]
    [InlineData("dynamicrafter-1024")]
    [InlineData("videocrafter1-512")]
    public void Checkpoint_OfOneFile_IsAskedForWhole(string name)
    {
        LvdmManifest manifest = ReleasedModels.All.Single(model => model.Name == name);
        var listing = new ShapeListing();
        _ = new ModelNetworks(manifest, listing);
        string keys = name switch
        {
            "dynamicrafter-256" => name,
            "videocrafter1-512" => "videocrafter1-i2v-512",
            _ => "dynamicrafter-512-1024",
        };
        string[] stored = [.. Keys(keys), .. Keys("openclip-in-dc-vc")];

        string[] asked = Lines(listing);

        Assert.Empty(asked.Except(stored));
        // What is left over is what is known to be of no use, and nothing that is of use is called so.
        string[] spare = [.. stored.Except(asked).Select(line => line.Split(' ')[0])];
        Assert.DoesNotContain(spare, one => !LvdmLeftovers.Contains(one));
        Assert.DoesNotContain(asked, line => LvdmLeftovers.Contains(line.Split(' ')[0]));
    }

    [Theory]
    [InlineData("svd-unet")]
    [InlineData("svd-vae")]
    [InlineData("svd-image-encoder")]
    public void Checkpoint_OfStableVideoDiffusion_IsAskedForWhole(string keys)
    {
        var listing = new ShapeListing();
        WeightScope root = WeightScope.Root(listing);
        switch (keys)
        {
            case "svd-unet":
                _ = new SvdUNet(
                    new SvdUNetConfig
                    {
                        BlockOutChannels = [320, 640, 1280, 1280], Attention = [true, true, true, false],
                        AttentionHeads = [5, 10, 20, 20], CrossAttentionDim = 1024, AdditionTimeEmbedDim = 256,
                    },
                    root);
                break;
            case "svd-vae": _ = new SvdAutoencoder(new SvdAutoencoderConfig { BlockOutChannels = [128, 256, 512, 512] }, root); break;
            default: _ = VisionTower.OfTransformers(ReleasedModels.DynamiCrafter512.OpenClip.Vision, 1024, root); break;
        }

        Assert.Equal(Keys(keys), Lines(listing));
    }

    [Fact]
    public void Manifests_OfReleasedModels_HaveNoFaults() => Assert.All(ReleasedModels.All, model => Assert.Empty(model.Errors()));

    private static string[] Keys(string name) =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Goldens", "keys", $"{name}.tsv"))
            .Select(line => line.Split('\t'))
            .Select(parts => $"{parts[0]} {(parts[1] == "scalar" ? "" : parts[1])}")
            .Order(StringComparer.Ordinal)];

    private static string[] Lines(ShapeListing listing) => [.. Golden.Lines(listing)];
}
