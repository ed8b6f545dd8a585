using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.Evaluation.Conformance;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Tests.Conformance;

public sealed class ConformanceCheckTests : IDisposable
{
    private readonly string copy = Directory.CreateTempSubdirectory("cil-reference-").FullName;

    [Theory]
    [InlineData("dynamicrafter/unet_2level_wide", 3)]
    [InlineData("dynamicrafter/unet_4level", 3)]
    [InlineData("dynamicrafter/unet_2res_alpha", 3)]
    [InlineData("dynamicrafter/autoencoder", 9)]
    [InlineData("dynamicrafter/resampler", 2)]
    [InlineData("dynamicrafter/ddim_tables", 155)]
    [InlineData("openclip/text", 2)]
    [InlineData("openclip/vision", 2)]
    [InlineData("openclip/image_preprocess", 8)]
    [InlineData("videocrafter1/unet_2level_wide", 3)]
    [InlineData("videocrafter1/image_embedding", 3)]
    [InlineData("svd/unet_2level_wide", 3)]
    [InlineData("svd/vae", 8)]
    [InlineData("svd/clip_vision", 1)]
    [InlineData("svd/euler", 60)]
    [InlineData("svd/loop", 16)]
    [InlineData("svd/loop_cil", 18)]
    [InlineData("svd/timenoise", 15)]
    [InlineData("svd/training", 62)]
    [InlineData("svd/state_dict_shapes", 3)]
    [InlineData("videocrafter1/unet_4level", 3)]
    [InlineData("videocrafter1/loop", 81)]
    [InlineData("videocrafter1/loop_cil", 59)]
    [InlineData("videocrafter1/timenoise", 15)]
    [InlineData("videocrafter1/training", 60)]
    [InlineData("videocrafter1/state_dict_shapes", 2)]
    [InlineData("openclip/state_dict_shapes", 2)]
    public void Run_OnAGoldenFolder_ComparesEveryOutputAndPasses(string golden, int outputs)
    {
        ConformanceReport report = ConformanceCheck.Run(Golden(golden));

        Assert.All(report.Outputs, output => Assert.True(output.Passed, $"{output}"));
        Assert.Equal(outputs, report.Outputs.Count);
    }

    [Fact]
    public void Run_WithOneWeightChanged_FailsAndSaysByHowMuch()
    {
        Copy("dynamicrafter/resampler");
        Rewrite("weights.safetensors", (name, tensor) => name == "latents" ? tensor + 0.5 : tensor);

        ConformanceReport report = ConformanceCheck.Run(copy);

        Assert.False(report.Passed);
        ConformanceOutput output = Assert.Single(report.Outputs, output => !output.Passed);
        Assert.Equal("out", output.Name);
        Assert.True(output.LargestRelative > 1e-3, $"{output}");
    }

    [Fact]
    public void Run_WithATolerance_PassesWhatIsWithinIt()
    {
        Assert.False(ConformanceCheck.Run(Golden("dynamicrafter/unet_2level_wide"), tolerance: 1e-12).Passed);
        Assert.True(ConformanceCheck.Run(Golden("dynamicrafter/unet_2level_wide"), tolerance: 1).Passed);
    }

    [Fact]
    public void Run_WithATensorMissing_ListsIt()
    {
        Copy("dynamicrafter/resampler");
        Rewrite("weights.safetensors", (name, tensor) => name == "latents" ? null : tensor);

        CheckpointException error = Assert.Throws<CheckpointException>(() => ConformanceCheck.Run(copy));

        Assert.Contains("missing: latents", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WithoutAnInput_NamesItAndWhatThereIs()
    {
        Copy("dynamicrafter/resampler");
        Rewrite("io.safetensors", (name, tensor) => name == "x" ? null : tensor);

        ConformanceException error = Assert.Throws<ConformanceException>(() => ConformanceCheck.Run(copy));

        Assert.Contains("has no x; it has: out", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OnInputsThatDoNotFit_SaysSoInsteadOfFailing()
    {
        Copy("dynamicrafter/unet_2level_wide");
        Rewrite("io.safetensors", (name, tensor) => name == "context" ? tensor.narrow(2, 0, 20).contiguous() : tensor);

        ConformanceException error = Assert.Throws<ConformanceException>(() => ConformanceCheck.Run(copy));

        Assert.Contains("the inputs do not fit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_WithOneTimestepOffByOne_FailsAtAnyTolerance()
    {
        Copy("dynamicrafter/ddim_tables");
        Rewrite("io.safetensors", (name, tensor) => name == "eps.uniform.steps50.eta0.timesteps" ? tensor + 1 : tensor);

        Assert.False(ConformanceCheck.Run(copy, tolerance: 1).Passed);
    }

    [Fact]
    public void Run_WithOtherConstantsOfTheMethod_NamesBoth()
    {
        Copy("openclip/image_preprocess");
        string config = Path.Combine(copy, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("0.48145466", "0.1", StringComparison.Ordinal));

        ConformanceException error = Assert.Throws<ConformanceException>(() => ConformanceCheck.Run(copy));

        Assert.Contains("mean: expected (0.4814546", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"_class_name\": \"UNet9\"}", "_class_name: UNet9")]
    [InlineData("{\"size\": 3}", "neither _class_name nor target; its keys are size")]
    [InlineData("[1, 2", "config.json")]
    [InlineData("[]", "expected a JSON object")]
    [InlineData("{\"target\": \"a.Resampler\"}", "config.json has no 'params'")]
    public void Run_OnAConfigThatIsNotOne_SaysWhy(string config, string message)
    {
        Copy("dynamicrafter/resampler");
        File.WriteAllText(Path.Combine(copy, "config.json"), config);

        ConformanceException error = Assert.Throws<ConformanceException>(() => ConformanceCheck.Run(copy));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.json")]
    [InlineData("io.safetensors")]
    [InlineData("weights.safetensors")]
    public void Run_WithoutAFile_NamesIt(string file)
    {
        Copy("dynamicrafter/resampler");
        File.Delete(Path.Combine(copy, file));

        ConformanceException error = Assert.Throws<ConformanceException>(() => ConformanceCheck.Run(copy));

        Assert.Contains($"has no {file}", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(copy, recursive: true);

    private static string Golden(string name) => Path.Combine(AppContext.BaseDirectory, "Goldens", name);

    private void Copy(string golden)
    {
        foreach (string file in Directory.GetFiles(Golden(golden))) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
    }

    private void Rewrite(string file, Func<string, Tensor, Tensor?> change)
    {
        string path = Path.Combine(copy, file);
        using DisposeScope scope = NewDisposeScope();
        List<(string, Tensor)> tensors;
        using (SafetensorsReader reader = SafetensorsReader.Open(path))
        {
            tensors =
            [
                .. reader.Entries.Keys.Select(name => (name, change(name, reader.Read(name).clone())))
                    .Where(pair => pair.Item2 is not null)
                    .Select(pair => (pair.name, pair.Item2!)),
            ];
        }

        SafetensorsWriter.Save(path, tensors);
    }
}
