using System.Security.Cryptography;

namespace Cil.Grains.Jobs;

/// <summary>Seeds for requests without one.</summary>
internal static class RandomSeed
{
    /// <summary>Below 2^53, so that JSON readers that keep numbers as doubles keep it whole.</summary>
    internal static ulong Draw()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes) >> 11;
    }
}
