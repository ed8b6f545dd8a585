using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Checkpoints;

/// <summary>Files that NumPy wrote (Files/README.md).</summary>
public sealed class NumpyArchiveTests : IDisposable
{
    private readonly DisposeScope scope = NewDisposeScope();

    [Fact]
    public void Packed_GivesItsArrays()
    {
        using ITensorFile file = TensorFiles.Open(TorchCheckpointTests.PathOf("arrays.npz"));

        Assert.Equal(["conv/W", "half", "long", "scalar", "empty", "text"], file.Names);
        Assert.Equal([2, 3, 4], file.Read("conv/W").shape);
        Assert.Equal([.. Enumerable.Range(0, 24).Select(i => (float)i)], file.Read("conv/W").data<float>().ToArray());
        Assert.Equal([1.5f, -2.25f, 65504], file.Read("half").to(float32).data<float>().ToArray());
        Assert.Equal([1L, -2, 3, 1L << 40], file.Read("long").data<long>().ToArray());
        Assert.Equal(7.5, file.Read("scalar").item<double>());
        Assert.Equal([0, 3], file.Read("empty").shape);
        Assert.Null(file.Find("nothing"));
    }

    [Fact]
    public void Text_IsRefusedOnlyWhereItIsUsed()
    {
        using ITensorFile file = TensorFiles.Open(TorchCheckpointTests.PathOf("arrays.npz"));

        Assert.Contains(
            "text: dtype '<U1' is not supported",
            Assert.Throws<CheckpointException>(() => file.Read("text")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_ThatComeFirst_AreRefusedWithWhatToDo() => Assert.Contains(
        "turned: its columns come first (fortran_order); save it again in C order",
        Assert.Throws<CheckpointException>(() => TensorFiles.Open(TorchCheckpointTests.PathOf("columns.npz"))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Damaged_IsRefused()
    {
        byte[] whole = File.ReadAllBytes(TorchCheckpointTests.PathOf("arrays.npz"));

        Assert.Throws<CheckpointException>(() => TensorFiles.FromBytes("cut.npz", whole[..^40]));
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 0xff;
            Read(changed);
        }

        static void Read(byte[] content)
        {
            try
            {
                using ITensorFile file = TensorFiles.FromBytes("changed.npz", content);
                foreach (string name in file.Names.Where(name => file.Find(name)!.Value.Type is not null)) file.Read(name).Dispose();
            }
            catch (CheckpointException)
            {
                // What is damaged may be told, and nothing else may be thrown.
            }
        }
    }

    public void Dispose() => scope.Dispose();
}
