using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.TestKit.Models;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Models;

/// <summary>What a file or folder is, from its content alone.</summary>
public sealed class ModelImporterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cil-import-").FullName;

    [Theory]
    [InlineData("dynamicrafter-256", "dynamicrafter-256", 256, 256)]
    [InlineData("dynamicrafter-512-1024", "dynamicrafter-512", 512, 320)]
    [InlineData("dynamicrafter-512-1024", "dynamicrafter-1024", 1024, 576)]
    [InlineData("videocrafter1-i2v-512", "videocrafter1-512", 512, 320)]
    public void Recognise_OfAReleasedCheckpoint_TellsTheModelFromItsTensors(string keys, string expected, int width, int height)
    {
        string path = Path.Combine(folder, "model.safetensors");
        Sparse(
            path, [.. Keys(keys), .. Keys("openclip-in-dc-vc")],
            lowestScale: expected.EndsWith("1024", StringComparison.Ordinal) ? 0.3f : 0.7f);

        ImportedModel model = ModelImporter.Recognise(path);

        Assert.Equal(
            (expected, width, height, Tuning.Plain),
            (model.Manifest.Name, model.Manifest.Width, model.Manifest.Height, model.Manifest.Tuning));
        Assert.Contains("bpe_simple_vocab_16e6.txt.gz", model.Missing, StringComparison.Ordinal);
    }

    [Fact]
    public void Recognise_OfDynamiCrafter256AsReleased_TakesItsOldNameOfALayer()
    {
        string path = Path.Combine(folder, "model.safetensors");
        Sparse(
            path,
            [
                .. Keys("dynamicrafter-256").Select(
                    entry => (entry.Name.Replace(".fps_embedding.", ".framestride_embed.", StringComparison.Ordinal), entry.Shape)),
                .. Keys("openclip-in-dc-vc"),
            ],
            lowestScale: 1);

        Assert.Equal("dynamicrafter-256", ModelImporter.Recognise(path).Manifest.Name);
        using ITensorFile file = LvdmCheckpoint.Open(path);
        Assert.Equal([1280, 320], file.Find("model.diffusion_model.fps_embedding.0.weight")!.Value.Shape);
    }

    [Theory]
    [InlineData("model.diffusion_model.input_blocks.0.0.weight")]
    [InlineData("first_stage_model.encoder.conv_in.weight")]
    public void Recognise_OfStabilitysOneFile_SaysWhatItIsAndWhatToImport(string beside)
    {
        string path = Path.Combine(folder, "svd_xt.safetensors");
        Sparse(path, [(beside, [320, 8, 3, 3]), ("conditioner.embedders.0.open_clip.model.visual.proj", [1280, 1024])], lowestScale: 1);

        string message = Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(path)).Message;

        Assert.Contains("Stable Video Diffusion in Stability AI's layout of one file", message, StringComparison.Ordinal);
        Assert.Contains("stabilityai/stable-video-diffusion-img2vid", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recognise_OfADiffusionModelWithoutAProjector_IsOfNoKnownSystem()
    {
        string path = Path.Combine(folder, "v1-5.safetensors");
        Sparse(path, [("model.diffusion_model.input_blocks.0.0.weight", [320, 4, 3, 3])], lowestScale: 1);

        Assert.Contains(
            "of no known system", Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Recognise_OfAFolderOfReleasedSize_NamesTheTensorThatDoesNotFit()
    {
        string released = Path.Combine(folder, "img2vid-xt");
        foreach ((string part, string config, string keys, string file) in ((string, string, string, string)[])[
            ("unet", UNetConfig, "svd-unet", "diffusion_pytorch_model"), ("vae", AutoencoderConfig, "svd-vae", "diffusion_pytorch_model"),
            ("image_encoder", EncoderConfig, "svd-image-encoder", "model")])
        {
            string place = Directory.CreateDirectory(Path.Combine(released, part)).FullName;
            File.WriteAllText(Path.Combine(place, "config.json"), config);
            Sparse(Path.Combine(place, $"{file}.safetensors"), Keys(keys));
        }

        Assert.Equal("svd-xt", ModelImporter.Recognise(released).Manifest.Name);
        Sparse(
            Path.Combine(released, "unet", "diffusion_pytorch_model.safetensors"),
            Keys("svd-unet").Select(entry => entry.Name == "conv_in.weight" ? (entry.Name, [320, 9, 3, 3]) : entry));

        Assert.Contains(
            "unet/diffusion_pytorch_model.safetensors: misshapen: conv_in.weight: expected (320, 8, 3, 3), got (320, 9, 3, 3)",
            Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(released)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recognise_OfAFolderWithoutWeights_NamesEachFileThatIsMissing()
    {
        using var model = new TinySvd();
        string unet = model.PathOf("unet", "diffusion_pytorch_model.safetensors"),
            vae = model.PathOf("vae", "diffusion_pytorch_model.safetensors");
        File.Delete(unet);
        File.Delete(vae);

        string message = Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(model.Folder)).Message;

        Assert.Contains("unet/diffusion_pytorch_model.safetensors: is not there", message, StringComparison.Ordinal);
        Assert.Contains("vae/diffusion_pytorch_model.safetensors: is not there", message, StringComparison.Ordinal);
        Assert.DoesNotContain("image_encoder", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recognise_OfAFolderOfGitLfsPointers_CallsEachOneSo()
    {
        using var model = new TinySvd();
        string[] files =
        [
            model.PathOf("unet", "diffusion_pytorch_model.safetensors"),
            model.PathOf("vae", "diffusion_pytorch_model.safetensors"), model.PathOf("image_encoder", "model.safetensors"),
        ];
        foreach (string file in files) File.WriteAllText(file, "version https://git-lfs.github.com/spec/v1\noid sha256:0ab1\nsize 123\n");

        string message = Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(model.Folder)).Message;

        Assert.All(files, file => Assert.Contains($"{file}: a Git LFS pointer, not weights", message, StringComparison.Ordinal));
    }

    [Fact]
    public void Recognise_WithTheMergesBeside_LinksThemToo()
    {
        string path = Path.Combine(folder, "dynamicrafter-cil.safetensors"), merges = Path.Combine(folder, "bpe_simple_vocab_16e6.txt.gz");
        Sparse(path, [.. Keys("dynamicrafter-256"), .. Keys("openclip-in-dc-vc")], lowestScale: 1);
        File.WriteAllText(merges, "");

        ImportedModel model = ModelImporter.Recognise(path);
        string target = Path.Combine(folder, "models", model.Manifest.Name);
        ModelImporter.Write(model, target);

        Assert.Equal(("dynamicrafter-256-timenoise", Tuning.TimeNoise, null), (model.Manifest.Name, model.Manifest.Tuning, model.Missing));
        Assert.Equal(
            ["merges.txt", "model.json", "weights.ckpt"],
            Directory.GetFileSystemEntries(target).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal));
        Assert.Equal(path, new FileInfo(Path.Combine(target, "weights.ckpt")).LinkTarget);
        Assert.Equal(Tuning.TimeNoise, ModelFolder.Read(target).Tuning);
        Assert.Contains(
            "is there already", Assert.Throws<ModelFolderException>(() => ModelImporter.Write(model, target)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Recognise_WithATensorMissingAndAnotherMisshapen_ListsBoth()
    {
        string path = Path.Combine(folder, "model.safetensors");
        (string Name, long[] Shape)[] entries =
        [
            .. Keys("dynamicrafter-256").Where(entry => entry.Name != "model.diffusion_model.out.2.bias"), .. Keys("openclip-in-dc-vc"),
        ];
        entries[1] = (entries[1].Name, [7]);
        Sparse(path, entries, lowestScale: 1);

        string message = Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(path)).Message;

        Assert.Contains("looks like dynamicrafter-256, but 2 of its", message, StringComparison.Ordinal);
        Assert.Contains("missing: model.diffusion_model.out.2.bias (4)", message, StringComparison.Ordinal);
        Assert.Contains($"misshapen: {entries[1].Name}: expected (1280), got (7)", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recognise_OfAnotherSystem_SaysWhatIsKnownAndWhatWasFound()
    {
        string path = Path.Combine(folder, "other.ckpt");
        using Tensor one = ones(2);
        TorchFile.Save(path, [("transformer.blocks.0.weight", one)], "state_dict");

        string message = Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(path)).Message;

        Assert.Contains("of no known system", message, StringComparison.Ordinal);
        Assert.Contains("found 1 tensors: transformer.blocks.0.weight", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recognise_OfAFolder_TakesFramesFromItsConfigAndNamesWhatIsMissing()
    {
        using var model = new TinySvd();

        ImportedModel imported = ModelImporter.Recognise(model.Folder);
        File.Delete(model.PathOf("vae", "config.json"));
        string message = Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(model.Folder)).Message;

        Assert.Equal(("svd", 4), (imported.Manifest.Name, imported.Manifest.Frames));
        Assert.Equal(["image_encoder", "unet", "vae"], imported.Links.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("it has no vae/config.json", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recognise_OfAFineTunedUNet_NeedsABaseThatItFits()
    {
        using var model = new TinySvd();
        string path = Path.Combine(folder, "checkpoint.ckpt"), unet = model.PathOf("unet", "diffusion_pytorch_model.safetensors");
        Containers.Train(unet, path);
        string config = model.PathOf("unet", "config.json");

        Assert.Contains(
            "--base", Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(config, File.ReadAllText(config).Replace("[32, 64]", "[32, 96]", StringComparison.Ordinal));
        Assert.Contains(
            "tensors do not fit the U-Net of",
            Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(path, model.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Presets_AreTheSixVariantsOfTheThreeSystems()
    {
        string[] variants = ["", "-analytic-init", "-naive", "-naive-analytic-init", "-timenoise", "-cil"];

        Assert.Equal(
            ((string[])["dynamicrafter", "videocrafter1", "svd"]).SelectMany(system => variants.Select(variant => system + variant)),
            Presets.All.Select(preset => preset.Name));
        Assert.All(
            Presets.All,
            preset => Assert.Equal(
                preset.Name.EndsWith("-analytic-init", StringComparison.Ordinal) || preset.Name.EndsWith("-cil", StringComparison.Ordinal),
                preset.AnalyticInit));
        Assert.All(Presets.All, preset => Assert.Contains(preset.Family, ModelFamily.All.Select(family => family.Name)));
    }

    private const string UNetConfig = """
        { "_class_name": "UNetSpatioTemporalConditionModel", "in_channels": 8, "out_channels": 4,
          "block_out_channels": [320, 640, 1280, 1280],
          "down_block_types": ["CrossAttnDownBlockSpatioTemporal", "CrossAttnDownBlockSpatioTemporal",
            "CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"],
          "up_block_types": ["UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal",
            "CrossAttnUpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal"],
          "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 768, "layers_per_block": 2, "cross_attention_dim": 1024,
          "num_attention_heads": [5, 10, 20, 20], "num_frames": 25 }
        """;

    private const string AutoencoderConfig = """
        { "_class_name": "AutoencoderKLTemporalDecoder", "in_channels": 3, "out_channels": 3, "latent_channels": 4, "layers_per_block": 2,
          "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
          "block_out_channels": [128, 256, 512, 512], "scaling_factor": 0.18215 }
        """;

    private const string EncoderConfig = """
        { "_class_name": "CLIPVisionModelWithProjection", "hidden_size": 1280, "intermediate_size": 5120, "projection_dim": 1024,
          "num_hidden_layers": 32, "num_attention_heads": 16, "image_size": 224, "patch_size": 14, "hidden_act": "gelu" }
        """;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static IEnumerable<(string Name, long[] Shape)> Keys(string name) => File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "Goldens", "keys", $"{name}.tsv")).Select(line => line.Split('\t'))
        .Select(parts => (parts[0], parts[1] == "scalar" ? [] : parts[1].Split('x').Select(long.Parse).ToArray()));

    // Of full size by its header and length, with nothing on the disk behind it but the numbers of scale_arr, a schedule's buffer.
    private static void Sparse(string path, IEnumerable<(string Name, long[] Shape)> networks, float? lowestScale = null)
    {
        const string Scale = "scale_arr";
        const int Scales = 1400;
        (string Name, long[] Shape)[] entries = lowestScale is null ? [.. networks] : [.. networks, (Scale, [Scales])];
        var header = new Dictionary<string, object>(StringComparer.Ordinal);
        long offset = 0;
        foreach ((string name, long[] shape) in entries)
        {
            long bytes = shape.Aggregate(1L, (product, axis) => product * axis) * sizeof(float);
            header[name] = new { dtype = "F32", shape, data_offsets = (long[])[offset, offset + bytes] };
            offset += bytes;
        }

        byte[] json = JsonSerializer.SerializeToUtf8Bytes(header);
        using FileStream file = File.Create(path);
        file.Write(BitConverter.GetBytes((long)json.Length));
        file.Write(json);
        file.SetLength(8 + json.Length + offset);
        if (lowestScale is not { } scale) return;
        file.Position = file.Length - (Scales * sizeof(float));
        for (int i = 0; i < Scales; i++) file.Write(BitConverter.GetBytes(scale));
    }
}
