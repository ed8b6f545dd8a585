using Cil.Cli.Tests.Render;
using Cil.TestKit.Models;

namespace Cil.Cli.Tests.Models;

/// <summary>A checkpoint becomes a model that a preset renders with, through the program.</summary>
public sealed class ImportTests : IClassFixture<RenderFolder>
{
    private readonly RenderFolder folder;

    public ImportTests(RenderFolder folder) => this.folder = folder;

    [Fact]
    public async Task Import_OfAFolderOfDiffusers_GivesAModelThatItsPresetRendersWith()
    {
        using var checkpoint = new TinySvd();

        CilProgram.Outcome imported = await CilProgram.RunAsync(folder.Path, "models", "import", checkpoint.Folder, "--to", "models");
        CilProgram.Outcome listed = await CilProgram.RunAsync(folder.Path, "models");
        CilProgram.Outcome rendered = await CilProgram.RunAsync(
            folder.Path, "render", "picture.png", "--preset", "svd", "--size", "48x32", "--steps", "2", "--seed", "1", "-o", "preset.mp4");
        CilProgram.Outcome again = await CilProgram.RunAsync(folder.Path, "models", "import", checkpoint.Folder, "--to", "models");

        Assert.True(imported.ExitCode == 0, imported.Errors);
        Assert.StartsWith("svd: svd, plain, 4 frames of 1024x576\n", imported.Output, StringComparison.Ordinal);
        Assert.Contains("ready: svd, M = 700", listed.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^svd-cil +needs weights: GraceZhao/SVD-CIL-512, and statistics: ", listed.Output);
        Assert.Contains("svd; needs statistics: GraceZhao/SVD-Analytic-init", listed.Output, StringComparison.Ordinal);
        Assert.True(rendered.ExitCode == 0, rendered.Errors);
        Assert.StartsWith("preset.mp4: mp4, 4 frames, 48x32, ", rendered.Output, StringComparison.Ordinal);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("is there already", again.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_OfWhatIsNoCheckpoint_SaysSo()
    {
        await File.WriteAllTextAsync(folder.At("words.ckpt"), "not a checkpoint, only words");

        CilProgram.Outcome words = await CilProgram.RunAsync(folder.Path, "models", "import", "words.ckpt");
        CilProgram.Outcome nothing = await CilProgram.RunAsync(folder.Path, "models", "import", "nothing.ckpt");
        CilProgram.Outcome empty = await CilProgram.RunAsync(
            folder.Path, "models", "import", Directory.CreateDirectory(folder.At("empty")).FullName);

        Assert.Equal((2, 2, 2), (words.ExitCode, nothing.ExitCode, empty.ExitCode));
        Assert.Contains("words.ckpt: header: claims", words.Errors, StringComparison.Ordinal);
        Assert.Contains("CHECKPOINT: there is no file or folder nothing.ckpt", nothing.Errors, StringComparison.Ordinal);
        Assert.Contains("it has no unet/config.json, vae/config.json, image_encoder/config.json", empty.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Render_OfAPresetWithoutItsWeights_NamesThem()
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(
            folder.Path, "render", "picture.png", "--prompt", "x", "--preset", "videocrafter1-cil");

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(
            "--preset: videocrafter1-cil needs the weights GraceZhao/VideoCrafter1-CIL-512; 'cil models import' makes them a model",
            outcome.Errors,
            StringComparison.Ordinal);
    }
}
