using Cil.Diffusion.AnalyticInit;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Checkpoints;

/// <summary>Files that torch.save wrote (Files/README.md).</summary>
public sealed class TorchCheckpointTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Fact]
    public void Lightning_GivesItsStateDictAndNothingElse()
    {
        using ITensorFile file = TensorFiles.Open(PathOf("lightning.ckpt"));
        float[] numbers = [.. Enumerable.Range(0, 24).Select(i => (float)i)];

        Assert.Equal(["plain", "transposed", "corner", "parameter", "half", "bf16", "long", "scalar", "empty"], file.Names);
        Assert.Equal(numbers, file.Read("plain").data<float>().ToArray());
        Assert.Equal(
            [0f, 6, 12, 18, 1, 7, 13, 19, 2, 8, 14, 20, 3, 9, 15, 21, 4, 10, 16, 22, 5, 11, 17, 23],
            file.Read("transposed").data<float>().ToArray());
        Assert.Equal([8f, 9, 10, 14, 15, 16], file.Read("corner").data<float>().ToArray());
        Assert.Equal([3, 2], file.Read("parameter").shape);
        Assert.Equal([1.5f, -2.25f, 65504], file.Read("half").to(float32).data<float>().ToArray());
        Assert.Equal(ScalarType.BFloat16, file.Find("bf16")!.Value.Type);
        Assert.Equal([1L, -2, 3, 1L << 40], file.Read("long").data<long>().ToArray());
        Assert.Equal(7.5f, file.Read("scalar").item<float>());
        Assert.Equal([0, 3], file.Read("empty").shape);
        Assert.Null(file.Find("nothing"));
    }

    [Fact]
    public void Averages_TakeThePlaceOfTheParametersInTheirOrder()
    {
        using TorchCheckpoint file = TorchCheckpoint.Open(PathOf("averages.ckpt"));
        Assert.True(file.HasAverages);
        Assert.Equal(1, file.Read("module.a.weight").max().item<float>());

        file.UseAverages();

        Assert.Equal((4, 5), (file.Read("module.a.weight").max().item<float>(), file.Read("module.a.bias").max().item<float>()));
    }

    [Fact]
    public void Averages_OfACheckpointWithout_AreRefused()
    {
        using TorchCheckpoint file = TorchCheckpoint.Open(PathOf("lightning.ckpt"));

        Assert.False(file.HasAverages);
        Assert.Contains("has no ema_state", Assert.Throws<CheckpointException>(file.UseAverages).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_AsPublished_AreReadWithTheirAxesInOrder()
    {
        LatentStatistics statistics = LatentStatistics.Read(PathOf("statistics.pt"), channels: 4);

        Assert.Equal([4, 2, 2, 3], statistics.Shape);
        Assert.Equal(0.75, statistics.Variance);
        // Frame 1 of channel 0 stands behind the four channels of frame 0.
        Assert.Equal([0f, 1, 2, 3, 4, 5, 24, 25], statistics.Expectation[..8]);
        Assert.Equal(
            statistics.Expectation,
            LatentStatistics.FromBytes("blob", File.ReadAllBytes(PathOf("statistics.pt")), channels: 4).Expectation);
    }

    [Fact]
    public void TorchScript_GivesItsModulesTensorsByTheirPaths()
    {
        using ITensorFile file = TensorFiles.Open(PathOf("script.pt"));

        Assert.Equal(["first.linear.weight", "layers.0.linear.weight", "mean"], file.Names.Order(StringComparer.Ordinal));
        Assert.Equal([3f, 4], file.Read("first.linear.weight").data<float>().ToArray());
        Assert.Equal([5f, 6], file.Read("layers.0.linear.weight").data<float>().ToArray());
        Assert.Equal((ScalarType.Float16, 1.5f), (file.Find("mean")!.Value.Type, file.Read("mean").to(float32).max().item<float>()));
    }

    // Each module has the next one twice: 2^40 paths.
    [Fact]
    public void TorchScript_WithoutAnEndToItsPaths_IsRefused()
    {
        PickleWriter pickle = new PickleWriter().Global("__torch__", "M").Op(')').Raw(0x81).Raw((byte)'q', 0);
        for (byte i = 1; i <= 40; i++)
        {
            _ = pickle.Global("__torch__", "M").Op(')').Raw(0x81).Op('}').Op('(').Text("a").Raw((byte)'h', (byte)(i - 1))
                .Text("b").Raw((byte)'h', (byte)(i - 1)).Op('u').Op('b').Raw((byte)'q', i);
        }

        string message = Assert.Throws<CheckpointException>(
            () => TorchCheckpoint.FromBytes("twice.pt", ArchiveWriter.Checkpoint(pickle.End()))).Message;

        Assert.Contains("twice.pt: more than 1000000 members of modules", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Legacy_IsRefusedWithWhatToDo() =>
        Assert.Contains(
            "save it again with torch.save",
            Assert.Throws<CheckpointException>(() => TensorFiles.Open(PathOf("legacy.pt"))).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_OfANameThatIsNotThere_ListsSome()
    {
        using ITensorFile file = TensorFiles.Open(PathOf("lightning.ckpt"));

        Assert.Contains(
            "has no tensor 'x'; it has 9: plain, transposed",
            Assert.Throws<CheckpointException>(() => file.Read("x")).Message, StringComparison.Ordinal);
    }

    public void Dispose() => scope.Dispose();

    internal static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Checkpoints", "Files", name);
}
