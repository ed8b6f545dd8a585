using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Cil.Diffusion.Checkpoints.Files;
using Microsoft.ML.Tokenizers;
using Bpe = Microsoft.ML.Tokenizers.BpeTokenizer;

namespace Cil.Diffusion.Clip;

/// <summary>
/// CLIP's byte-level BPE tokenizer (open_clip 2.22.0, tokenizer.py, SimpleTokenizer): the cleaning and cutting of text is its
/// own, the merging is Microsoft.ML.Tokenizers'. The vocabulary follows from the merges file: 256 bytes, the same with an
/// end-of-word mark, one token a merge, start and end.
/// </summary>
public sealed partial class BpeTokenizer
{
    public const int ContextLength = 77;

    /// <summary>Merges that CLIP takes from its file, whatever more the file holds: 49152 - 256 - 2.</summary>
    private const int MostMerges = 48894;

    private const string EndOfWord = "</w>";

    // As the original has them in its vocabulary, also when a text has them inside.
    private const string StartWord = "<start_of_text>", EndWord = "<end_of_text>";

    private static readonly char[] ByteSymbols = MakeByteSymbols();

    private readonly Bpe merging;

    /// <param name="merges">Pairs separated by a space, in order of rank, without the file's first line.</param>
    public BpeTokenizer(IEnumerable<string> merges)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var pairs = new List<string>();
        // The order of the bytes' ids is that of the printable ones, then the rest; see the class's source.
        foreach (char symbol in ByteOrder()) ids.Add(symbol.ToString(), ids.Count);
        foreach (char symbol in ByteOrder()) ids.Add(symbol + EndOfWord, ids.Count);
        foreach (string line in merges.Take(MostMerges))
        {
            string[] pair = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (pair.Length != 2) throw new CheckpointException($"merges: line '{line}' is not a pair of symbols");
            if (ids.TryAdd(pair[0] + pair[1], ids.Count)) pairs.Add($"{pair[0]} {pair[1]}");
        }

        StartOfText = ids.Count;
        EndOfText = ids.Count + 1;
        merging = Bpe.Create(new BpeOptions(ids) { Merges = pairs, EndOfWordSuffix = EndOfWord });
    }

    public int StartOfText { get; }

    public int EndOfText { get; }

    public int VocabularySize => EndOfText + 1;

    /// <summary>Reads a merges file, gzip or plain, whose first line is a heading.</summary>
    /// <exception cref="CheckpointException">The file is missing; the message names it and where it comes from.</exception>
    public static BpeTokenizer FromFile(string path)
    {
        if (!File.Exists(path))
        {
            throw new CheckpointException(
                $"{path}: missing. For the released models it is bpe_simple_vocab_16e6.txt.gz of the open_clip package; put it there.");
        }

        using Stream file = File.OpenRead(path);
        bool zipped = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        using Stream text = zipped ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(text, Encoding.UTF8);
        _ = reader.ReadLine();
        var lines = new List<string>();
        while (lines.Count < MostMerges && reader.ReadLine() is { } line)
        {
            if (line.Length > 0) lines.Add(line);
        }

        return new BpeTokenizer(lines);
    }

    /// <summary>The ids of a text without start, end and padding.</summary>
    public IReadOnlyList<int> Encode(string text)
    {
        var tokens = new List<int>();
        foreach (Match piece in Pieces().Matches(Clean(text)))
        {
            var symbols = new StringBuilder();
            foreach (byte value in Encoding.UTF8.GetBytes(piece.Value)) _ = symbols.Append(ByteSymbols[value]);
            tokens.AddRange(Merge(symbols.ToString()));
        }

        return tokens;
    }

    /// <summary>Start, ids, end, then zeros up to 77; a longer text is cut and ends with the end token all the same.</summary>
    public long[] Tokenize(string text)
    {
        long[] row = new long[ContextLength];
        int[] all = [StartOfText, .. Encode(text), EndOfText];
        for (int i = 0; i < Math.Min(all.Length, ContextLength); i++) row[i] = all[i];
        if (all.Length > ContextLength) row[^1] = EndOfText;
        return row;
    }

    /// <summary>The same of a text that must fit.</summary>
    /// <param name="name">What messages call the text.</param>
    /// <exception cref="ArgumentException">It has more tokens than fit between start and end.</exception>
    public long[] TokenizeWhole(string text, string name)
    {
        int count = Encode(text).Count;
        return count <= ContextLength - 2
            ? Tokenize(text)
            : throw new ArgumentException(
                $"{name}: at most {ContextLength} tokens fit, start and end among them; got {count + 2}: shorten it", nameof(text));
    }

    private static string Clean(string text)
    {
        string unescaped = TextMending.Mend(WebUtility.HtmlDecode(WebUtility.HtmlDecode(text))).Trim();
        return Spaces().Replace(unescaped, " ").Trim().ToLowerInvariant();
    }

    private IReadOnlyList<int> Merge(string word) => word switch
    {
        StartWord => [StartOfText],
        EndWord => [EndOfText],
        _ => merging.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false),
    };

    private static IEnumerable<int> PrintableBytes() =>
        Enumerable.Range(33, 94).Concat(Enumerable.Range(161, 12)).Concat(Enumerable.Range(174, 82));

    private static IEnumerable<char> ByteOrder() =>
        PrintableBytes().Concat(Enumerable.Range(0, 256).Except(PrintableBytes())).Select(value => ByteSymbols[value]);

    private static char[] MakeByteSymbols()
    {
        char[] symbols = new char[256];
        foreach (int value in PrintableBytes()) symbols[value] = (char)value;
        int next = 256;
        foreach (int value in Enumerable.Range(0, 256).Except(PrintableBytes())) symbols[value] = (char)next++;
        return symbols;
    }

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Spaces();

    [GeneratedRegex(
        @"<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Pieces();
}
