using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Checkpoints;

/// <summary>What is wrong with a checkpoint is said by file and key.</summary>
public sealed class BadCheckpointTests
{
    private static readonly byte[] Storage = new byte[24];

    [Fact]
    public void Archive_WithZip64_IsRead()
    {
        var writer = new ArchiveWriter { Zip64 = true };
        writer.Add("archive/data.pkl", Pickle(6, 0, [2, 3], [3, 1]));
        writer.Add("archive/data/0", Storage);

        using TorchCheckpoint file = TorchCheckpoint.FromBytes("zip64", writer.ToBytes());

        Assert.Equal([2, 3], file.Find("w")!.Value.Shape);
    }

    public static TheoryData<string, byte[], string> Tensors => new()
    {
        { "offset", Pickle(6, 1, [2, 3], [3, 1]), "w: shape (2, 3), strides (3, 1) from 1 points outside its storage of 6 elements" },
        { "stride", Pickle(6, 0, [2, 3], [4, 1]), "w: shape (2, 3), strides (4, 1) from 0 points outside" },
        { "expanded", Pickle(6, 0, [1_000_000_000_000], [0]), "w: shape (" },
        { "overflow", Pickle(6, 0, [long.MaxValue, long.MaxValue], [long.MaxValue, 1]), "w: shape (" },
        { "negative", Pickle(6, -1, [2, 3], [3, 1]), "w: offset -1, shape (2, 3), strides (3, 1): must be at least 0" },
        { "axes", Pickle(6, 0, [2, 3], [1]), "w: 2 axes but 1 strides" },
        { "elements", Pickle(7, 0, [2, 3], [3, 1]), "w: its storage is said to have 7 elements, archive/data/0 has 24 bytes" },
        { "key", PickleWriter.One("w", w => w.Tensor("9", 6, 0, [2, 3], [3, 1])), "w: its storage archive/data/9 is not in the archive" },
    };

    [Theory]
    [MemberData(nameof(Tensors))]
    public void Tensor_OutsideItsStorage_IsNamed(string kind, byte[] pickle, string message) =>
        Refused($"{kind}.ckpt: {message}", kind, pickle);

    [Theory]
    [InlineData("os", "system")]
    [InlineData("posix", "system")]
    [InlineData("builtins", "eval")]
    [InlineData("subprocess", "Popen")]
    [InlineData("torch.hub", "load")]
    [InlineData("somewhere", "Class.__init__.__globals__")]
    public void Global_ThatDataDoesNotNeed_IsRefusedByName(string module, string name) => Refused(
        $"bad.ckpt: names {module}.{name} (at byte", "bad",
        PickleWriter.One("callbacks", w => w.Global(module, name).Op('(').Text("true").Op('t').Op('R')));

    [Fact]
    public void Global_OfAnUnknownClass_IsAPlaceholder()
    {
        byte[] pickle = new PickleWriter().Op('}').Text("w").Tensor("0", 6, 0, [2, 3], [3, 1]).Op('s')
            .Text("thing").Global("somewhere", "Thing").Op(')').Raw(0x81).Op('}').Text("a").Number(1).Op('s').Op('b').Op('s').End();

        using TorchCheckpoint file = TorchCheckpoint.FromBytes("a.ckpt", ArchiveWriter.Checkpoint(pickle, ("0", Storage)));

        Assert.Equal(["w"], file.Names);
    }

    [Fact]
    public void Nesting_OfAnyDepth_EndsInAnErrorOrAValue()
    {
        var marks = new PickleWriter();
        for (int i = 0; i < 100_000; i++) marks.Op('(');
        Refused("deep.ckpt: its pickle is damaged at byte 10003: nested deeper than 10000", "deep", marks.End());

        PickleWriter tuples = new PickleWriter().Op('N');
        for (int i = 0; i < 1_000_000; i++) tuples.Raw(0x85);
        Refused("deep.ckpt: expected a dictionary of tensors", "deep", tuples.End());
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 2, (byte)'}' }, "truncated: 1 bytes expected, 0 are there")]
    [InlineData(new byte[] { 0x80, 2, (byte)'X', 255, 255, 255, 127, (byte)'.' }, "truncated: 2147483647 bytes expected, 1 are there")]
    [InlineData(new byte[] { 0x80, 2, (byte)'R', (byte)'.' }, "its stack is empty")]
    [InlineData(new byte[] { 0x80, 2, (byte)'h', 5, (byte)'.' }, "it remembers nothing under 5")]
    [InlineData(new byte[] { 0x80, 2, 0xff, (byte)'.' }, "unknown operation 0xff")]
    public void Pickle_ThatIsDamaged_SaysWhereAndWhat(byte[] pickle, string message) => Refused(message, "bad", pickle);

    [Fact]
    public void Archive_ThatIsCutOff_SaysSo()
    {
        byte[] whole = ArchiveWriter.Checkpoint(Pickle(6, 0, [2, 3], [3, 1]), ("0", Storage));

        CheckpointException error = Assert.Throws<CheckpointException>(() => TorchCheckpoint.FromBytes("cut.ckpt", whole[..^30]));

        Assert.Contains(
            "cut.ckpt: truncated: a zip archive ends with its directory, this one does not", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Archive_ThatIsCompressed_SaysWhichEntry()
    {
        var writer = new ArchiveWriter();
        writer.Add("archive/data.pkl", Pickle(6, 0, [2, 3], [3, 1]));

        CheckpointException error = Assert.Throws<CheckpointException>(
            () => TorchCheckpoint.FromBytes("packed.ckpt", writer.ToBytes(method: 8)));

        Assert.Contains("packed.ckpt: archive/data.pkl is compressed", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Weights_ThatAreNotFinite_AreNamedWhenTheyAreLoaded(float value)
    {
        byte[] storage = new byte[24];
        BitConverter.TryWriteBytes(storage.AsSpan(8), value);
        using TorchCheckpoint file = TorchCheckpoint.FromBytes(
            "nan.ckpt", ArchiveWriter.Checkpoint(Pickle(6, 0, [2, 3], [3, 1]), ("0", storage)));
        using var weights = new CheckpointWeights(file, CPU, ScalarType.Float32);
        _ = weights.Get("w", [2, 3], Initial.Uniform);

        CheckpointException error = Assert.Throws<CheckpointException>(() => weights.Verify());

        Assert.Contains("not finite: w holds NaN or infinite numbers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_WhoseSumIsTooLargeForItsType_AreFinite()
    {
        byte[] storage = new byte[24];
        for (int i = 0; i < 6; i++) BitConverter.TryWriteBytes(storage.AsSpan(4 * i), 3e38f);
        using TorchCheckpoint file = TorchCheckpoint.FromBytes(
            "large.ckpt", ArchiveWriter.Checkpoint(Pickle(6, 0, [2, 3], [3, 1]), ("0", storage)));
        using var weights = new CheckpointWeights(file, CPU, ScalarType.Float32);
        _ = weights.Get("w", [2, 3], Initial.Uniform);

        weights.Verify();
    }

    private static byte[] Pickle(long elements, long offset, long[] size, long[] stride) =>
        PickleWriter.One("w", w => w.Tensor("0", elements, offset, size, stride));

    private static void Refused(string message, string name, byte[] pickle)
    {
        CheckpointException error = Assert.Throws<CheckpointException>(
            () => TorchCheckpoint.FromBytes($"{name}.ckpt", ArchiveWriter.Checkpoint(pickle, ("0", Storage))));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
