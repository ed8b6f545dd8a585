using System.Text.Json;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Released;
using Cil.Diffusion.Tests.Checkpoints;
using Cil.Diffusion.Tests.Pipelines;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Released;

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
        Sparse(path, [.. Keys(keys), .. Keys("openclip-in-dc-vc")], lowestScale: expected.EndsWith("1024", StringComparison.Ordinal) ? 0.3f : 0.7f);

        ImportedModel model = ModelImporter.Recognise(path);

        Assert.Equal((expected, width, height, Tuning.Plain), (model.Manifest.Name, model.Manifest.Width, model.Manifest.Height, model.Manifest.Tuning));
        Assert.Contains("bpe_simple_vocab_16e6.txt.gz", model.Missing, StringComparison.Ordinal);
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
        Assert.Equal(["merges.txt", "model.json", "weights.ckpt"], Directory.GetFileSystemEntries(target).Select(entry => Path.GetFileName(entry)).Order(StringComparer.Ordinal));
        Assert.Equal(path, new FileInfo(Path.Combine(target, "weights.ckpt")).LinkTarget);
        Assert.Equal(Tuning.TimeNoise, ModelManifest.Read(target).Tuning);
        Assert.Contains("is there already", Assert.Throws<ModelFolderException>(() => ModelImporter.Write(model, target)).Message, StringComparison.Ordinal);
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

        Assert.Contains("--base", Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(config, File.ReadAllText(config).Replace("[32, 64]", "[32, 96]", StringComparison.Ordinal));
        Assert.Contains("tensors do not fit the U-Net of", Assert.Throws<CheckpointException>(() => ModelImporter.Recognise(path, model.Folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Presets_AreTheSixVariantsOfTheThreeSystems()
    {
        string[] variants = ["", "-analytic-init", "-naive", "-naive-analytic-init", "-timenoise", "-cil"];

        Assert.Equal(
            ((string[])["dynamicrafter", "videocrafter1", "svd"]).SelectMany(system => variants.Select(variant => system + variant)),
            Presets.All.Select(preset => preset.Name));
        Assert.All(Presets.All, preset => Assert.Equal(preset.Name.EndsWith("-analytic-init", StringComparison.Ordinal) || preset.Name.EndsWith("-cil", StringComparison.Ordinal), preset.AnalyticInit));
        Assert.All(Presets.All, preset => Assert.Contains(preset.Family, ModelFamily.All.Select(family => family.Name)));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static IEnumerable<(string Name, long[] Shape)> Keys(string name) => File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "Goldens", "keys", $"{name}.tsv")).Select(line => line.Split('\t'))
        .Select(parts => (parts[0], parts[1] == "scalar" ? [] : parts[1].Split('x').Select(long.Parse).ToArray()));

    // Of full size by its header and length, with nothing on the disk behind it but the numbers of scale_arr, a schedule's buffer.
    private static void Sparse(string path, IEnumerable<(string Name, long[] Shape)> networks, float lowestScale)
    {
        const string Scale = "scale_arr";
        const int Scales = 1400;
        (string Name, long[] Shape)[] entries = [.. networks, (Scale, [Scales])];
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
        file.Position = file.Length - (Scales * sizeof(float));
        for (int i = 0; i < Scales; i++) file.Write(BitConverter.GetBytes(lowestScale));
    }
}
