using System.Text;
using System.Text.RegularExpressions;

namespace Cil.Training.Trainers;

/// <summary>
/// Learns the merges of CLIP's byte-level BPE from captions, for models that bring their own small vocabulary. The result is
/// the text of a merges file: one header line, then one pair a line, best first, as the tokenizer reads it.
/// </summary>
public static partial class BpeTrainer
{
    private const string WordEnd = "</w>";

    /// <summary>Learns at most <paramref name="merges"/> merges; fewer where no pair is left.</summary>
    public static string Learn(IEnumerable<string> captions, int merges)
    {
        List<(List<string> Symbols, long Count)> words = Count(captions);
        var text = new StringBuilder("#version: 0.2\n");
        for (int i = 0; i < merges; i++)
        {
            var pairs = new Dictionary<(string, string), long>();
            foreach ((List<string>? symbols, long count) in words)
            {
                for (int j = 0; j + 1 < symbols.Count; j++)
                {
                    (string, string) pair = (symbols[j], symbols[j + 1]);
                    pairs[pair] = pairs.GetValueOrDefault(pair) + count;
                }
            }

            if (pairs.Count == 0) break;

            // The most frequent; ties by ordinal order, so that the same captions give the same file everywhere.
            (string, string) best = pairs.OrderByDescending(p => p.Value)
                .ThenBy(p => p.Key.Item1, StringComparer.Ordinal).ThenBy(p => p.Key.Item2, StringComparer.Ordinal).First().Key;
            text.Append(best.Item1).Append(' ').Append(best.Item2).Append('\n');
            foreach ((List<string>? symbols, long _) in words) Merge(symbols, best);
        }

        return text.ToString();
    }

    private static List<(List<string> Symbols, long Count)> Count(IEnumerable<string> captions)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (string caption in captions)
        {
            foreach (Match word in Words().Matches(caption.ToLowerInvariant()))
            {
                counts[word.Value] = counts.GetValueOrDefault(word.Value) + 1;
            }
        }

        return [.. counts.Select(c => (Symbols(c.Key), c.Value))];
    }

    private static List<string> Symbols(string word)
    {
        var symbols = Encoding.UTF8.GetBytes(word).Select(b => Symbol(b).ToString()).ToList();
        symbols[^1] += WordEnd;
        return symbols;
    }

    // GPT-2's table: printable bytes stand for themselves, the others for the characters from U+0100 on, in order.
    private static char Symbol(byte value)
    {
        if (Printable(value)) return (char)value;

        int rank = Enumerable.Range(0, value).Count(b => !Printable((byte)b));
        return (char)(0x100 + rank);
    }

    private static bool Printable(byte b) => b is >= 33 and <= 126 or >= 161 and <= 172 or >= 174;

    private static void Merge(List<string> symbols, (string First, string Second) pair)
    {
        for (int j = 0; j + 1 < symbols.Count; j++)
        {
            if (symbols[j] == pair.First && symbols[j + 1] == pair.Second)
            {
                symbols[j] = pair.First + pair.Second;
                symbols.RemoveAt(j + 1);
            }
        }
    }

    // CLIP's splitting of text.
    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Words();
}
