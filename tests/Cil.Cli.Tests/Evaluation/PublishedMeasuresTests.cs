using Cil.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace Cil.Cli.Tests.Evaluation;

/// <summary>`cil eval motion`, `fvd` and `is` with the published networks' options: what is refused, and how it is said.</summary>
public sealed class PublishedMeasuresTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cil-measures-").FullName;

    public PublishedMeasuresTests()
    {
        using Tensor value = ones(3);
        SafetensorsWriter.Save(Path.Combine(folder, "other.safetensors"), [("conv.weight", value)]);
    }

    [Theory]
    [InlineData("--raft: other.safetensors", "missing: fnet.conv1.weight (64, 3, 7, 7)", "motion", "a.mp4", "--raft", "other.safetensors")]
    [InlineData("--i3d: other.safetensors", "missing: logits.conv3d.bias (400)", "fvd", ".", ".", "--i3d", "other.safetensors")]
    [InlineData(
        "--c3d: other.safetensors", "missing: mean (3, 16, 128, 171)",
        "is", ".", "--c3d", "other.safetensors", "--c3d-mean", "other.safetensors")]
    public async Task Eval_WithAnotherNetworksWeights_ListsWhatIsMissingAndSpare(string option, string missing, params string[] arguments)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, ["eval", .. arguments]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(option, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains(missing, outcome.Errors, StringComparison.Ordinal);
        Assert.Contains("spare: conv.weight", outcome.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--size: is of cil-features; with --i3d videos", "fvd", ".", ".", "--i3d", "other.safetensors", "--size", "64")]
    [InlineData("--frames: expected a whole number from 9 to 256, got 8", "fvd", ".", ".", "--i3d", "other.safetensors", "--frames", "8")]
    [InlineData("--c3d-mean: is needed with --c3d", "is", ".", "--c3d", "other.safetensors")]
    [InlineData("--i3d: there is no file none.pt", "fvd", ".", ".", "--i3d", "none.pt")]
    public async Task Eval_WithOptionsThatDoNotFit_NamesThem(string message, params string[] arguments)
    {
        CilProgram.Outcome outcome = await CilProgram.RunAsync(folder, ["eval", .. arguments]);

        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
