using System.Buffers.Binary;
using System.Security.Cryptography;
using Cil.Diffusion.Checkpoints;
using Cil.Diffusion.Checkpoints.Files;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Rendering.Chunks;

/// <summary>
/// Tensors between the chunks of a job: safetensors whose metadata holds the SHA-256 of all that follows the header, so that a
/// blob which is cut short or damaged is not taken for one.
/// </summary>
internal static class Checkpoint
{
    private const string ChecksumName = "sha256";
    private const int LengthBytes = sizeof(long);

    internal static byte[] ToBytes(params (string Name, Tensor Value)[] tensors)
    {
        using DisposeScope scope = NewDisposeScope();
        // In the order in which they are written.
        (string Name, Tensor Value)[] here = [.. tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal)
            .Select(tensor => (tensor.Name, tensor.Value.detach().cpu().contiguous()))];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((_, Tensor value) in here) hash.AppendData(value.bytes);
        return SafetensorsWriter.ToBytes(
            here, new Dictionary<string, string> { [ChecksumName] = Convert.ToHexStringLower(hash.GetHashAndReset()) });
    }

    /// <exception cref="CorruptBlobException">It is not whole.</exception>
    internal static void Verify(string blob, byte[] content)
    {
        try
        {
            using SafetensorsReader reader = SafetensorsReader.FromBytes(blob, content);
            int header = checked((int)BinaryPrimitives.ReadInt64LittleEndian(content));
            string found = Convert.ToHexStringLower(SHA256.HashData(content.AsSpan(LengthBytes + header)));
            if (reader.Metadata.GetValueOrDefault(ChecksumName) == found) return;
        }
        catch (CheckpointException error)
        {
            throw new CorruptBlobException(blob, error);
        }

        throw new CorruptBlobException(blob);
    }
}
