namespace Cil.Evaluation.Features;

/// <summary>What a network says of a set of videos.</summary>
/// <param name="Features">Videos × features.</param>
/// <param name="Logits">Videos × classes, before the softmax.</param>
public sealed record FeatureSet(float[,] Features, float[,] Logits)
{
    public int Count => Features.GetLength(0);

    /// <summary>Sets of the same network as one.</summary>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static FeatureSet Join(IReadOnlyList<FeatureSet> sets) => sets.Count == 0
        ? throw new ArgumentException("sets: expected at least 1, got 0.", nameof(sets))
        : new FeatureSet(Join([.. sets.Select(set => set.Features)]), Join([.. sets.Select(set => set.Logits)]));

    /// <summary>Some of them, as often as they are named.</summary>
    internal FeatureSet Take(int[] chosen) => new(Rows(Features, chosen), Rows(Logits, chosen));

    private static float[,] Join(float[][,] parts)
    {
        float[,] all = new float[parts.Sum(part => part.GetLength(0)), parts[0].GetLength(1)];
        int at = 0;
        foreach (float[,] part in parts)
        {
            Buffer.BlockCopy(part, 0, all, at, part.Length * sizeof(float));
            at += part.Length * sizeof(float);
        }

        return all;
    }

    private static float[,] Rows(float[,] all, int[] chosen)
    {
        int width = all.GetLength(1);
        float[,] rows = new float[chosen.Length, width];
        for (int i = 0; i < chosen.Length; i++)
            Buffer.BlockCopy(all, chosen[i] * width * sizeof(float), rows, i * width * sizeof(float), width * sizeof(float));
        return rows;
    }
}
