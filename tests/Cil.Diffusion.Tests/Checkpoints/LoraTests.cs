using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Checkpoints.Lora;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Checkpoints;

public sealed class LoraTests : IDisposable
{
    private const int Rank = 2;

    private readonly TinyModel model = new();
    private readonly TinySvd svd = new();
    private readonly DisposeScope scope = NewDisposeScope();

    public static TheoryData<bool> Systems => [false, true];

    [Theory]
    [MemberData(nameof(Systems))]
    public void Load_WithLoras_IsTheModelWithTheMergedWeights(bool isSvd)
    {
        string folder = isSvd ? svd.Folder : model.Folder, layer = Layer(folder);
        Tensor weights = Weights(folder, layer), first = Factors(weights, 1), second = Factors(weights, 2);
        Save(folder, "one.safetensors", layer, weights, 1, ".lora_A.weight", ".lora_B.weight");
        Save(folder, "two.safetensors", $"base_model.model.{layer}", weights, 2, ".lora_down.weight", ".lora_up.weight", alpha: 1);
        float[] plain = Predict(folder);

        Lora(folder, ("one.safetensors", 0.5), ("two.safetensors", 2));
        float[] merged = Predict(folder);
        Lora(folder, ("one.safetensors", 0), ("two.safetensors", 0));
        float[] none = Predict(folder);
        Lora(folder);
        Replace(folder, layer, (weights.to(float64) + (first * 0.5) + (second * (1.0 / Rank) * 2)).to(float32));

        Assert.Equal(plain, none);
        Assert.NotEqual(plain, merged);
        Assert.Equal(Predict(folder), merged);
    }

    [Fact]
    public void Load_WithALora_HasAnotherHashThanWithout()
    {
        string layer = Layer(model.Folder), plain = WeightFiles.HashOf(ModelFolder.Read(model.Folder), model.Folder);
        Save(model.Folder, "one.safetensors", layer, Weights(model.Folder, layer), 1, ".lora_A.weight", ".lora_B.weight");

        Lora(model.Folder, ("one.safetensors", 1));

        Assert.NotEqual(plain, WeightFiles.HashOf(ModelFolder.Read(model.Folder), model.Folder));
    }

    [Fact]
    public void Load_WithALoraOfAnotherModel_NamesALayer()
    {
        string layer = Layer(model.Folder);
        Save(model.Folder, "one.safetensors", "another.to_q", Weights(model.Folder, layer), 1, ".lora_A.weight", ".lora_B.weight");
        Lora(model.Folder, ("one.safetensors", 1));

        Assert.Contains(
            "changes 1 layers that", Assert.Throws<CheckpointException>(() => ModelFolder.Load(model.Folder, CPU)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WithALoraOfAnotherWidth_NamesBothSides()
    {
        string layer = Layer(model.Folder);
        Save(model.Folder, "one.safetensors", layer, zeros(5, 7), 1, ".lora_A.weight", ".lora_B.weight");
        Lora(model.Folder, ("one.safetensors", 1));

        Assert.Contains(
            "made for (5, 7), the model has",
            Assert.Throws<CheckpointException>(() => ModelFolder.Load(model.Folder, CPU)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OfWhatIsNoLora_ListsEveryTensorAtFault()
    {
        string path = Path.Combine(model.Folder, "bad.safetensors");
        SafetensorsWriter.Save(
            path,
            [
                ("a.weight", zeros(2, 2)), ("b.lora_A.weight", zeros(2, 3)),
                ("c.lora_A.weight", zeros(2, 3)), ("c.lora_B.weight", zeros(3, 4)),
            ]);

        string message = Assert.Throws<CheckpointException>(() => LoraFile.Read(path)).Message;

        Assert.Contains("a.weight: no part of a LoRA", message, StringComparison.Ordinal);
        Assert.Contains("b.lora_A.weight: the other factor, b.lora_B.weight", message, StringComparison.Ordinal);
        Assert.Contains("c: expected (rank, in) and (out, rank), got (2, 3) and (3, 4)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../one.safetensors", 1.0, "must be the name of a file beside model.json")]
    [InlineData("one.safetensors", double.PositiveInfinity, "loras.weight: must be finite")]
    public void Read_OfAManifestWithABadLora_NamesIt(string file, double weight, string words)
    {
        string manifest = Path.Combine(model.Folder, ModelManifest.FileName), number = double.IsFinite(weight) ? "1" : "1e999";
        File.WriteAllText(
            manifest, File.ReadAllText(manifest).TrimEnd()[..^1] + $$""", "loras": [{ "file": "{{file}}", "weight": {{number}} }] }""");

        Assert.Contains(words, Assert.Throws<ModelFolderException>(() => ModelFolder.Read(model.Folder)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        scope.Dispose();
        model.Dispose();
        svd.Dispose();
    }

    private static string File0(string folder) => Path.Combine(folder, ModelFolder.Read(folder).WeightFiles[0]);

    // A projection of an attention over the image: what it reads differs from token to token.
    private static string Layer(string folder)
    {
        using ITensorFile file = TensorFiles.Open(File0(folder));
        string name = file.Names.Order(StringComparer.Ordinal)
            .First(
                name => name.Contains("attn1.to_v.weight", StringComparison.Ordinal)
                    && !name.StartsWith("image_proj", StringComparison.Ordinal));
        return name[..^".weight".Length];
    }

    private static Tensor Weights(string folder, string layer)
    {
        using ITensorFile file = TensorFiles.Open(File0(folder));
        return file.Read($"{layer}.weight").to(float32).clone();
    }

    // up down of a LoRA with seed, float64.
    private static Tensor Factors(Tensor weights, int seed)
    {
        (Tensor down, Tensor up) = Pair(weights, seed);
        return up.to(float64).mm(down.to(float64));
    }

    private static (Tensor Down, Tensor Up) Pair(Tensor weights, int seed)
    {
        using var generator = new Generator((ulong)seed);
        return (randn([Rank, weights.size(1)], generator: generator), randn([weights.size(0), Rank], generator: generator));
    }

    private static void Save(
        string folder, string name, string layer, Tensor weights, int seed, string down, string up, double? alpha = null)
    {
        (Tensor lower, Tensor upper) = Pair(weights, seed);
        (string, Tensor)[] factors = [(layer + down, lower), (layer + up, upper)];
        SafetensorsWriter.Save(
            Path.Combine(folder, name), alpha is { } scale ? [.. factors, ($"{layer}.alpha", tensor((float)scale))] : factors);
    }

    private static void Lora(string folder, params (string File, double Weight)[] loras) =>
        (ModelFolder.Read(folder) with
        {
            Loras = loras.Length == 0 ? null : [.. loras.Select(lora => new LoraEntry { File = lora.File, Weight = lora.Weight })],
        }).Write(folder);

    private static void Replace(string folder, string layer, Tensor value)
    {
        string path = File0(folder);
        (string Name, Tensor Value)[] all;
        using (ITensorFile file = TensorFiles.Open(path))
            all = [.. file.Names.Select(name => (name, name == $"{layer}.weight" ? value : file.Read(name).clone()))];
        SafetensorsWriter.Save(path, all);
    }

    private static float[] Predict(string folder)
    {
        using VideoPipeline pipeline = ModelFolder.Load(folder, CPU);
        (int height, int width) = (pipeline.Manifest.Height, pipeline.Manifest.Width);
        using Conditioning conditioning = pipeline.Encode(new ConditioningInput
        {
            Image = [.. Enumerable.Range(0, height * width * 3).Select(i => (byte)(i * 7))], Height = height,
            Width = width, Prompt = "a cat", Fps = 24, Frames = pipeline.Manifest.Frames, Seed = 5,
        });
        SamplingPlan plan = SamplingPlan.Default(pipeline.Manifest, 5);
        return pipeline.Predict(pipeline.StartLatents(plan), conditioning, plan, 0).contiguous().data<float>().ToArray();
    }
}
