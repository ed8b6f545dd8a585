using Cil.Rendering.Chunks;
using static TorchSharp.torch;

namespace Cil.Rendering.Tests.Chunks;

public sealed class CheckpointTests
{
    [Fact]
    public void Verify_OfWhatWasWritten_Passes() => Checkpoint.Verify("blob", Written());

    [Fact]
    public void Verify_OfOneThatIsCutShortAnywhere_SaysItIsCorrupt()
    {
        byte[] whole = Written();
        for (int length = 0; length < whole.Length; length++)
            Assert.Throws<CorruptBlobException>(() => Checkpoint.Verify("blob", whole[..length]));
    }

    [Fact]
    public void Verify_OfOneWithAnyNumberChanged_SaysItIsCorrupt()
    {
        byte[] whole = Written();
        int header = BitConverter.ToInt32(whole);
        for (int index = sizeof(long) + header; index < whole.Length; index++)
        {
            byte[] damaged = [.. whole];
            damaged[index] ^= 1;
            Assert.Equal("blob", Assert.Throws<CorruptBlobException>(() => Checkpoint.Verify("blob", damaged)).Blob);
        }
    }

    [Fact]
    public void ToBytes_OfTheSameTensors_GivesTheSameBytes() => Assert.Equal(Written(), Written());

    private static byte[] Written()
    {
        using Tensor latents = arange(24, float32).reshape(2, 3, 4), prediction = ones(5);
        return Checkpoint.ToBytes(("prediction", prediction), ("latents", latents));
    }
}
