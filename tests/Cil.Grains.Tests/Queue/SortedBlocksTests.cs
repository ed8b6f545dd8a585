using Cil.Grains.Queue;
using CsCheck;

namespace Cil.Grains.Tests.Queue;

public sealed class SortedBlocksTests
{
    [Fact]
    public void Blocks_AfterAnyAddsAndRemoves_HoldRankAndOrderAsASortedSetDoes() =>
        Gen.Int[-9_999, 9_999].Array[0, 4_000].Sample(
            steps =>
            {
                var blocks = new SortedBlocks<Number>(Number.InOrder);
                var set = new SortedSet<int>();
                // A negative one is removed, whether it is there or not.
                foreach (int step in steps)
                {
                    if (step >= 0 && set.Add(step)) blocks.Add(new Number(step));
                    else if (step < 0) Assert.Equal(set.Remove(-step), blocks.Remove(new Number(-step)));
                    Assert.Equal(set.Count == 0 ? null : set.Min, blocks.First?.Value);
                }

                var items = new List<int>();
                foreach (Number item in blocks) items.Add(item.Value);
                Assert.Equal(set, items);
                Assert.Equal(set.Count, blocks.Count);
                for (int i = 0; i < items.Count; i++) Assert.Equal(i, blocks.Rank(new Number(items[i])));
            },
            iter: 40,
            threads: 1);

    [Fact]
    public void Blocks_ThatAreFilledInOrder_AndFromTheMiddle_KeepAll()
    {
        var blocks = new SortedBlocks<Number>(Number.InOrder);
        for (int i = 0; i < 5_000; i += 2) blocks.Add(new Number(i));
        for (int i = 4_999; i > 0; i -= 2) blocks.Add(new Number(i));

        Assert.Equal(5_000, blocks.Count);
        for (int i = 0; i < 5_000; i++)
        {
            Assert.Equal(i, blocks.First!.Value);
            Assert.True(blocks.Remove(blocks.First!));
        }

        Assert.Null(blocks.First);
    }

    private sealed record Number(int Value)
    {
        internal static IComparer<Number> InOrder { get; } = Comparer<Number>.Create((one, other) => one.Value.CompareTo(other.Value));
    }
}
