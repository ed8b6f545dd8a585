using System.Buffers.Binary;
using System.Text;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Checkpoints;

/// <summary>What a file is, told from its structure; and what of it is refused.</summary>
public sealed class TensorFilesTests : IDisposable
{
    private const string Two =
        """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[8,11]}}""";

    private readonly DisposeScope scope = NewDisposeScope();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-files-").FullName;

    // 0x80 begins a pickle, 0x7b an index and 0x50 a zip archive.
    [Theory]
    [InlineData(0x80)]
    [InlineData(0x7b)]
    [InlineData(0x50)]
    public void Safetensors_WhoseHeaderLengthEndsInTheFirstByteOfAnother_AreRead(byte last)
    {
        byte[] whole = SafetensorsWriter.ToBytes([("a", ones(2, 3))]);
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(whole);
        byte[] padded = Of(Encoding.UTF8.GetString(whole, 8, length).TrimEnd().PadRight(0x100 + last), whole[(8 + length)..]);

        using ITensorFile fromBytes = TensorFiles.FromBytes("padded", padded), fromFile = TensorFiles.Open(Written(padded));

        Assert.Equal(last, padded[0]);
        Assert.Equal([1f, 1, 1, 1, 1, 1], fromBytes.Read("a").data<float>().ToArray());
        Assert.Equal([1f, 1, 1, 1, 1, 1], fromFile.Read("a").data<float>().ToArray());
    }

    [Fact]
    public void Pickle_WithoutAZip_IsRefusedFromBytesToo() => Assert.Contains(
        "a pickle without a zip",
        Assert.Throws<CheckpointException>(
            () => TensorFiles.FromBytes("old.pt", [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Tensor_OfAnUnknownType_IsRefusedOnlyWhereItIsUsed()
    {
        using ITensorFile file = TensorFiles.FromBytes("two", Of(Two, new byte[11]));
        using var weights = new CheckpointWeights(file, CPU, float32);

        Assert.Equal(["a", "b"], file.Names);
        Assert.Equal((null, "F8_E4M3", 3L), (file.Find("b")!.Value.Type, file.Find("b")!.Value.TypeName, file.Find("b")!.Value.Bytes));
        _ = weights.Get("a", [2], Initial.Uniform);
        weights.Verify(ignored: name => name == "b");
        Assert.Contains(
            "two: b: dtype 'F8_E4M3' is not supported; supported: F64",
            Assert.Throws<CheckpointException>(() => file.Read("b")).Message, StringComparison.Ordinal);
        _ = weights.Get("b", [3], Initial.Uniform);
        Assert.Contains(
            "unreadable: b: dtype 'F8_E4M3' is not supported",
            Assert.Throws<CheckpointException>(() => weights.Verify()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TorchSave_WithATensorOfAnUnknownType_GivesTheOthers()
    {
        PickleWriter pickle = new PickleWriter().Op('}').Text("waves").Tensor("0", 2, 0, [2], [1], "ComplexFloatStorage").Op('s')
            .Text("w").Tensor("1", 2, 0, [2], [1]).Op('s');
        var writer = new ArchiveWriter();
        writer.Add("archive/data.pkl", pickle.End());
        writer.Add("archive/data/0", new byte[16]);
        writer.Add("archive/data/1", new byte[8]);

        using ITensorFile file = TensorFiles.FromBytes("waves.pt", writer.ToBytes());

        Assert.Equal(["w"], file.Names);
        Assert.Equal([0f, 0], file.Read("w").data<float>().ToArray());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "100 bytes behind the last tensor belong to none")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[100,108]}}""", "a: its data begin at 100, expected 0")]
    public void Safetensors_WithBytesOfNoTensor_AreRefusedAsTheReferenceLibraryRefusesThem(string header, string message) =>
        Assert.Contains(
            message, Assert.Throws<CheckpointException>(() => TensorFiles.FromBytes("more", Of(header, new byte[108]))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void GitLfsPointer_IsCalledSoAndTellsHowLargeTheWeightsAre()
    {
        string path = Written("version https://git-lfs.github.com/spec/v1\noid sha256:0ab1\nsize 3046250488\n"u8.ToArray());

        string message = Assert.Throws<CheckpointException>(() => TensorFiles.Open(path)).Message;

        Assert.StartsWith(
            $"{path}: a Git LFS pointer, not weights; the weights have 3046250488 bytes; run 'git lfs pull'",
            message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("_forward_module.")]
    [InlineData("")]
    public void DeepSpeed_KeepsItsNamesAndLosesOnlyItsPrefix(string prefix)
    {
        const string Name = "model.diffusion_model.out.2.bias";
        string path = Path.Combine(folder, "mp_rank_00_model_states.pt");
        TorchFile.Save(path, [($"{prefix}{Name}", ones(4)), ($"{prefix}b", ones(1))], "module");

        using ITensorFile file = TensorFiles.Open(path);

        Assert.Equal([Name, "b"], file.Names);
    }

    [Fact]
    public void TorchSave_OnABigEndianMachine_IsRefusedByItsByteOrder()
    {
        var writer = new ArchiveWriter();
        writer.Add("archive/data.pkl", PickleWriter.One("w", w => w.Tensor("0", 6, 0, [2, 3], [3, 1])));
        writer.Add("archive/byteorder", "big"u8.ToArray());
        writer.Add("archive/data/0", new byte[24]);

        string message = Assert.Throws<CheckpointException>(() => TensorFiles.FromBytes("big.pt", writer.ToBytes())).Message;

        Assert.Contains("big.pt: byteorder: expected little, got big", message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        scope.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static byte[] Of(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((long)json.Length), .. json, .. data];
    }

    private string Written(byte[] content)
    {
        string path = Path.Combine(folder, "file");
        File.WriteAllBytes(path, content);
        return path;
    }
}
