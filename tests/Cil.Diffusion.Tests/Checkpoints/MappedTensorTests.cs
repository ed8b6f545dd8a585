using System.Text;
using Cil.Diffusion.Checkpoints;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Checkpoints;

/// <summary>Tensors that are the pages of their file.</summary>
public sealed class MappedTensorTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), $"cil-mapped-{Guid.NewGuid():N}.safetensors");

    [Fact]
    public void Tensor_OfAFile_IsItsPagesAndNobodyElseSeesWhatIsWrittenToThem()
    {
        using DisposeScope scope = NewDisposeScope();
        SafetensorsWriter.Save(path, [("a", arange(6, dtype: float32).reshape(2, 3)), ("b", ones(4, dtype: bfloat16))]);
        byte[] before = File.ReadAllBytes(path);
        Tensor a;
        using (SafetensorsReader reader = SafetensorsReader.Open(path))
        {
            a = reader.Read("a");
            Assert.Equal(ones(4, dtype: bfloat16), reader.Read("b"));
        }

        Assert.True(IsMapped, "the tensor is a copy");
        Assert.Equal([2, 3], a.shape);
        _ = a.add_(1);
        Assert.Equal([1f, 2, 3, 4, 5, 6], a.data<float>().ToArray());
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void Pages_WithTheLastTensor_AreLetGo()
    {
        using (DisposeScope scope = NewDisposeScope())
        {
            SafetensorsWriter.Save(path, [("a", ones(4)), ("b", ones(4))]);
            using SafetensorsReader reader = SafetensorsReader.Open(path);
            _ = reader.Read("a");
            _ = reader.Read("b");
        }

        Assert.False(IsMapped, "the file is mapped and nobody has a tensor of it");
    }

    [Fact]
    public void Tensor_OfAFileThatAnotherWasMovedOnto_StaysAsItWas()
    {
        using DisposeScope scope = NewDisposeScope();
        SafetensorsWriter.Save(path, [("a", zeros(4))]);
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        SafetensorsWriter.Save(path, [("a", ones(4))]);

        Assert.Equal(0, reader.Read("a").sum().item<float>());
    }

    // A header of any length is allowed, so that numbers may lie anywhere.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Tensor_WhereverItLies_IsRead(int spaces)
    {
        byte[] header = Encoding.UTF8.GetBytes("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""" + new string(' ', spaces));
        File.WriteAllBytes(
            path, [.. BitConverter.GetBytes((long)header.Length), .. header, .. new[] { 1f, -2f, 3.5f }.SelectMany(BitConverter.GetBytes)]);
        using DisposeScope scope = NewDisposeScope();
        using SafetensorsReader reader = SafetensorsReader.Open(path);

        Assert.Equal([1f, -2f, 3.5f], reader.Read("a").data<float>().ToArray());
    }

    public void Dispose() => File.Delete(path);

    private bool IsMapped => File.ReadAllText("/proc/self/maps").Contains(path, StringComparison.Ordinal);
}
