using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Tests;

/// <summary>The native library's caching allocator. Its figures are the whole process's, so nothing may run beside it.</summary>
[Collection(nameof(Alone))]
public sealed partial class AllocatorTests
{
    private const long Megabyte = 1 << 20;

    [Fact]
    public void Live_FollowsTensors_AndReservedStaysForTheNextOne()
    {
        long[] start = Figures();
        using (zeros(16 * Megabyte / sizeof(float)))
        {
            long[] held = Figures();
            Assert.InRange(held[0] - start[0], 16 * Megabyte, 18 * Megabyte);
        }

        long[] freed = Figures();
        Assert.Equal(start[0], freed[0]);
        Assert.True(freed[2] >= start[2]);
        using Tensor again = zeros(16 * Megabyte / sizeof(float));
        Assert.Equal(freed[5], Figures()[5]);
    }

    [Fact]
    public void Peak_IsTheMostThatWasLive()
    {
        cil_memory_reset_peaks();
        long live = Figures()[0];
        zeros(8 * Megabyte / sizeof(float)).Dispose();
        zeros(4 * Megabyte / sizeof(float)).Dispose();
        // libtorch 2 asks for a little more than the tensor has, which is rounded up to a whole block of 2 MiB.
        Assert.InRange(Figures()[1] - live, 8 * Megabyte, 10 * Megabyte);
    }

    [Fact]
    public void EmptyCache_GivesUnusedBlocksBack()
    {
        zeros(32 * Megabyte / sizeof(float)).Dispose();
        cil_memory_empty_cache();
        long[] after = Figures();
        Assert.Equal(after[0], after[2]);
    }

    [Fact]
    public void Blocks_AreAlignedForVectors_WhateverTheirSize()
    {
        foreach (int count in (int[])[1, 3, 100, 1000, 12345, 1 << 20])
        {
            using Tensor made = empty(count);
            unsafe
            {
                fixed (byte* at = made.bytes) Assert.Equal(0, (long)at % 64);
            }
        }
    }

    private static unsafe long[] Figures()
    {
        _ = get_num_threads(); // TorchSharp loads the library and prepares its environment
        long[] six = new long[6];
        fixed (long* to = six) cil_memory_statistics(to);
        return six;
    }

    [LibraryImport("cil_torch")] private static unsafe partial void cil_memory_statistics(long* six);

    [LibraryImport("cil_torch")] private static partial void cil_memory_reset_peaks();

    [LibraryImport("cil_torch")] private static partial void cil_memory_empty_cache();

    [CollectionDefinition(nameof(Alone), DisableParallelization = true)]
    public sealed class Alone;
}
