using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using Cil.TestKit.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Tests.Checkpoints;

/// <summary>
/// Checkpoints with bytes changed, cut out, put in and cut off: each is read or refused with a <see cref="CheckpointException"/>,
/// without much memory. Fixed seeds, so that a failure can be repeated; CIL_FUZZ_CASES asks for more.
/// </summary>
public sealed class FuzzTests
{
    // A message lists at most what the file itself holds; a pickle's objects are some tens of bytes for each of its bytes.
    private const long MostBytesPerCase = 4_000_000;

    private static int Cases { get; } = int.TryParse(Environment.GetEnvironmentVariable("CIL_FUZZ_CASES"), out int cases) ? cases : 3000;

    [Theory]
    [InlineData("lightning.ckpt", 1)]
    [InlineData("averages.ckpt", 2)]
    [InlineData("statistics.pt", 3)]
    public void ZipPickle_Mutated_IsReadOrRefused(string name, int seed) =>
        Fuzz(File.ReadAllBytes(TorchCheckpointTests.PathOf(name)), seed);

    [Fact]
    public void Pickle_Mutated_IsReadOrRefused()
    {
        // Only the pickle changes, so that every case gets past the archive.
        byte[] pickle = PickleWriter.One("w", w => w.Tensor("0", 6, 0, [2, 3], [3, 1]));
        var random = new Random(4);
        for (int i = 0; i < Cases; i++) Try(ArchiveWriter.Checkpoint(Mutate(pickle, random), ("0", new byte[24])), i);
    }

    [Fact]
    public void Safetensors_Mutated_IsReadOrRefused()
    {
        using DisposeScope scope = NewDisposeScope();
        Fuzz(SafetensorsWriter.ToBytes([("a.weight", ones(2, 3)), ("a.bias", zeros(2))]), seed: 5);
    }

    private static void Fuzz(byte[] whole, int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < Cases; i++) Try(Mutate(whole, random), i);
    }

    private static void Try(byte[] bytes, int number)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using DisposeScope scope = NewDisposeScope();
            using ITensorFile file = TensorFiles.FromBytes($"case {number}", bytes);
            // No tensor can be larger than the file that holds it.
            foreach (string name in file.Names) Assert.True(file.Read(name).bytes.Length <= bytes.Length, $"case {number}: {name}");
        }
        catch (CheckpointException)
        {
        }

        long used = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(used < MostBytesPerCase, $"case {number}: {used} bytes");
    }

    private static byte[] Mutate(byte[] whole, Random random)
    {
        var bytes = new List<byte>(whole);
        for (int i = random.Next(1, 6); i > 0 && bytes.Count > 1; i--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.Insert(at, (byte)random.Next(256)); break;
                case 3: bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)); break;
                case 4: bytes.InsertRange(at, whole[..random.Next(Math.Min(64, whole.Length))]); break;
                default: bytes[at] = random.Next(2) == 0 ? (byte)0 : (byte)255; break;
            }
        }

        return [.. bytes];
    }
}
