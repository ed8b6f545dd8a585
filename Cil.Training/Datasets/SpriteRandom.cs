namespace Cil.Training.Datasets;

/// <summary>
/// SplitMix64 (Steele, Lea, Flood 2014): a clip's numbers depend on the seed and the clip's index alone, on every machine
/// and .NET version, which <see cref="Random"/> does not promise.
/// </summary>
public struct SpriteRandom(ulong seed, ulong stream)
{
    private ulong state = Mix(seed) ^ Mix(stream + 0x632BE59BD9B4E019UL);

    /// <summary>A real in [0, 1).</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A real in [low, high).</summary>
    public double Range(double low, double high) => low + ((high - low) * NextDouble());

    /// <summary>An integer in [0, count).</summary>
    public int Index(int count) => (int)(NextDouble() * count);

    private ulong Next() => Mix(state += 0x9E3779B97F4A7C15UL);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
