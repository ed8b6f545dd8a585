namespace Cil.Grains.Queue;

/// <summary>
/// A sorted set with ranks, in blocks of a few hundred items. The first item costs nothing; adding, removing and ranking
/// cost a binary search and a move within one block. Eight bytes an item.
/// </summary>
/// <param name="order">Of two different items, none may compare equal; what it looks at must not change while an item is in.</param>
internal sealed class SortedBlocks<T>(IComparer<T> order)
    where T : class
{
    private const int Largest = 512;

    private readonly List<List<T>> blocks = [];

    internal int Count { get; private set; }

    internal T? First => Count == 0 ? null : blocks[0][0];

    internal void Add(T item)
    {
        int number = Math.Min(BlockOf(item), blocks.Count - 1);
        if (number < 0) blocks.Add([item]);
        else Insert(number, item);
        Count++;
    }

    /// <returns>Whether it was in.</returns>
    internal bool Remove(T item)
    {
        int number = BlockOf(item);
        if (number == blocks.Count) return false;
        int at = blocks[number].BinarySearch(item, order);
        if (at < 0) return false;
        blocks[number].RemoveAt(at);
        if (blocks[number].Count == 0) blocks.RemoveAt(number);
        Count--;
        return true;
    }

    /// <summary>How many are less.</summary>
    internal int Rank(T item)
    {
        int number = BlockOf(item), rank = 0;
        for (int i = 0; i < number; i++) rank += blocks[i].Count;
        if (number == blocks.Count) return rank;
        int at = blocks[number].BinarySearch(item, order);
        return rank + (at < 0 ? ~at : at);
    }

    public Enumerator GetEnumerator() => new(blocks);

    // The first block whose last is not less.
    private int BlockOf(T item)
    {
        int low = 0, high = blocks.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (order.Compare(blocks[middle][^1], item) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private void Insert(int number, T item)
    {
        List<T> block = blocks[number];
        int at = ~block.BinarySearch(item, order);
        if (block.Count < Largest)
        {
            block.Insert(at, item);
            return;
        }

        // What comes in order fills its blocks; what comes in the middle finds them half full.
        int keep = at == Largest ? Largest : Largest / 2;
        List<T> next = block.GetRange(keep, Largest - keep);
        block.RemoveRange(keep, Largest - keep);
        blocks.Insert(number + 1, next);
        if (at <= keep && keep < Largest) block.Insert(at, item);
        else next.Insert(at - keep, item);
    }

    /// <summary>In order; the set must not change meanwhile.</summary>
    internal struct Enumerator(List<List<T>> blocks)
    {
        private int block, at = -1;

        public readonly T Current => blocks[block][at];

        public bool MoveNext()
        {
            if (block < blocks.Count && ++at == blocks[block].Count) (block, at) = (block + 1, 0);
            return block < blocks.Count;
        }
    }
}
