namespace Cil.Cli.Tests.Training;

public sealed class FineTuneTests(ClipFolder folder) : IClassFixture<ClipFolder>
{
    [Theory]
    [InlineData("naive")]
    [InlineData("timenoise")]
    public async Task FineTune_OfAModel_GivesAModelThatRenders(string method)
    {
        CilProgram.Outcome trained = await TrainAsync(method, "-o", method, "--steps", "4");
        using (var ffmpeg = System.Diagnostics.Process.Start(
            "ffmpeg", ["-v", "error", "-i", folder.At("data/0.mp4"), "-frames:v", "1", folder.At($"{method}-first.png")]))
        {
            await ffmpeg.WaitForExitAsync();
        }

        CilProgram.Outcome rendered = await CilProgram.RunAsync(
            folder.Path, "render", $"{method}-first.png", "--prompt", "x", "--model", method, "-o", $"{method}.gif");

        Assert.True(trained.ExitCode == 0, trained.Errors);
        Assert.Contains("loss ", trained.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(folder.At($"{method}/loss.svg")));
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        Assert.NotEqual(
            await File.ReadAllBytesAsync(Path.Combine(folder.Model, "weights.safetensors")),
            await File.ReadAllBytesAsync(folder.At($"{method}/weights.safetensors")));
    }

    [Fact]
    public async Task FineTune_StoppedAndTakenUpAgain_GivesTheSameBytesAsWithoutAStop()
    {
        CilProgram.Outcome whole = await TrainAsync("timenoise", "-o", "whole", "--steps", "6", "--float32");
        // A limit of no time at all leaves a checkpoint before the first step.
        CilProgram.Outcome stopped = await TrainAsync("timenoise", "-o", "parts", "--steps", "6", "--float32", "--minutes", "0");
        CilProgram.Outcome resumed = await TrainAsync("timenoise", "-o", "parts", "--steps", "6", "--float32");

        Assert.True(whole.ExitCode == 0 && stopped.ExitCode == 0 && resumed.ExitCode == 0, whole.Errors + stopped.Errors + resumed.Errors);
        Assert.Contains("goes on from", stopped.Output, StringComparison.Ordinal);
        Assert.Equal(
            await File.ReadAllBytesAsync(folder.At("whole/weights.safetensors")),
            await File.ReadAllBytesAsync(folder.At("parts/weights.safetensors")));
    }

    [Fact]
    public async Task FineTune_OfALora_GivesAFileThatRenderMerges()
    {
        CilProgram.Outcome trained = await TrainAsync("naive", "-o", "adapter", "--steps", "4", "--lora", "2");
        using (var ffmpeg = System.Diagnostics.Process.Start(
            "ffmpeg", ["-v", "error", "-i", folder.At("data/0.mp4"), "-frames:v", "1", folder.At("lora-first.png")]))
        {
            await ffmpeg.WaitForExitAsync();
        }

        async Task<byte[]> RenderAsync(params string[] loras) => await RenderByAsync(folder.Model, loras);

        async Task<byte[]> RenderByAsync(string model, params string[] loras)
        {
            string[] options = [.. loras.SelectMany(lora => (string[])["--lora", lora])];
            CilProgram.Outcome rendered = await CilProgram.RunAsync(
                folder.Path,
                ["render", "lora-first.png", "--prompt", "x", "--model", model, "--seed", "1", "-o", "lora.gif", .. options]);
            Assert.True(rendered.ExitCode == 0, rendered.Errors);
            return await File.ReadAllBytesAsync(folder.At("lora.gif"));
        }

        Assert.True(trained.ExitCode == 0, trained.Errors);
        // After four steps it changes next to nothing, as it is.
        byte[] plain = await RenderAsync(), strong = await RenderAsync("adapter/lora.safetensors=500");
        Assert.NotEqual(plain, strong);
        Assert.Equal(strong, await RenderAsync("adapter/lora.safetensors=500"));
        Assert.Equal(plain, await RenderAsync("adapter/lora.safetensors=0"));
        Assert.NotEqual(strong, await RenderAsync("adapter/lora.safetensors=500", "adapter/lora.safetensors=-200"));
        // It is a model too, and its own LoRA counts beside others.
        Assert.Equal(strong, await RenderByAsync("adapter", "adapter/lora.safetensors=499"));
    }

    [Fact]
    public async Task FineTune_OfALoraStoppedAndTakenUpAgain_GivesTheSameBytesAsWithoutAStop()
    {
        CilProgram.Outcome whole = await TrainAsync("timenoise", "-o", "lora-whole", "--steps", "6", "--lora", "2", "--float32");
        CilProgram.Outcome half = await TrainAsync("timenoise", "-o", "lora-half", "--steps", "3", "--lora", "2", "--float32");
        CilProgram.Outcome resumed = await TrainAsync("timenoise", "-o", "lora-half", "--steps", "6", "--lora", "2", "--float32");

        Assert.True(whole.ExitCode == 0 && half.ExitCode == 0 && resumed.ExitCode == 0, whole.Errors + half.Errors + resumed.Errors);
        Assert.Equal(
            await File.ReadAllBytesAsync(folder.At("lora-whole/lora.safetensors")),
            await File.ReadAllBytesAsync(folder.At("lora-half/lora.safetensors")));
    }

    [Theory]
    [InlineData("--lora: expected a rank from 1 to 256, got 0", "data", "--lora", "0")]
    [InlineData("--method: expected naive or timenoise, got 'magic'", "data", "--method", "magic")]
    [InlineData("--ema: expected a number from 0 to below 1, got 1", "data", "--ema", "1")]
    [InlineData("--learning-rate: expected a number above 0, got 0", "data", "--learning-rate", "0")]
    [InlineData("--steps: expected a whole number from 1", "data", "--steps", "0")]
    [InlineData("no data set", "nowhere")]
    public async Task FineTune_WithABadOption_NamesIt(string message, params string[] arguments)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder.Path, ["train", "finetune", folder.Model, .. arguments, "-o", "bad"]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.At("bad")));
    }

    private Task<CilProgram.Outcome> TrainAsync(string method, params string[] more) =>
        CilProgram.RunAsync(
            folder.Path,
            ["train", "finetune", folder.Model, "data", "--method", method, "--batch", "2", "--learning-rate", "1e-3", .. more]);
}
