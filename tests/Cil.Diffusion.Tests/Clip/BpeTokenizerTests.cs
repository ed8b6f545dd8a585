using Cil.Diffusion.Checkpoints.Files;
using Cil.Diffusion.Clip;

namespace Cil.Diffusion.Tests.Clip;

public sealed class BpeTokenizerTests
{
    private static readonly string[] Merges = ["c a", "ca t</w>", "t h", "th e</w>"];

    [Fact]
    public void Encode_JoinsTheLowestRankFirst()
    {
        var tokenizer = new BpeTokenizer(Merges);

        // 512 byte symbols, then the merges: "ca" 512, "cat</w>" 513, "th" 514, "the</w>" 515.
        Assert.Equal([515, 513], tokenizer.Encode("The  CAT"));
        Assert.Equal(518, tokenizer.VocabularySize);
    }

    [Fact]
    public void Encode_UnknownWord_FallsBackToBytes()
    {
        var tokenizer = new BpeTokenizer(Merges);

        // 'b' is byte 98, symbol 98 - 33; the last byte carries the end of the word, 256 further.
        Assert.Equal([98 - 33, 256 + 98 - 33], tokenizer.Encode("bb"));
    }

    [Fact]
    public void Encode_NumeralsStandAloneAndHtmlIsUnescaped()
    {
        var tokenizer = new BpeTokenizer(Merges);

        Assert.Equal(tokenizer.Encode("1 2 &"), tokenizer.Encode("12&amp;amp;"));
    }

    [Fact]
    public void Tokenize_FramesAndPads()
    {
        var tokenizer = new BpeTokenizer(Merges);

        long[] row = tokenizer.Tokenize("cat");

        Assert.Equal(77, row.Length);
        Assert.Equal([tokenizer.StartOfText, 513, tokenizer.EndOfText, 0], row[..4]);
    }

    [Fact]
    public void Tokenize_TooLong_IsCutAndEndsWithTheEnd()
    {
        var tokenizer = new BpeTokenizer(Merges);

        long[] row = tokenizer.Tokenize(string.Join(' ', Enumerable.Repeat("cat", 100)));

        Assert.Equal(77, row.Length);
        Assert.Equal(tokenizer.EndOfText, row[^1]);
        Assert.Equal(513, row[^2]);
    }

    [Fact]
    public void TokenizeWhole_OfMoreThan77Tokens_NamesTheTextAndBothNumbers()
    {
        var tokenizer = new BpeTokenizer(Merges);
        string most = string.Join(' ', Enumerable.Repeat("cat", 75));

        Assert.Equal(tokenizer.Tokenize(most), tokenizer.TokenizeWhole(most, "prompt"));
        ArgumentException error = Assert.Throws<ArgumentException>(() => tokenizer.TokenizeWhole($"{most} cat", "prompt"));

        Assert.Contains("prompt: at most 77 tokens fit, start and end among them; got 78", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_OfTheStartsAndEndsOwnNames_IsTheirTokens()
    {
        var tokenizer = new BpeTokenizer(Merges);

        Assert.Equal([tokenizer.StartOfText, 513, tokenizer.EndOfText], tokenizer.Encode("<start_of_text> cat <END_of_text>"));
    }

    [Fact]
    public void FromFile_Missing_SaysWhichFileAndWhereItComesFrom()
    {
        CheckpointException error = Assert.Throws<CheckpointException>(() => BpeTokenizer.FromFile("/nowhere/merges.txt.gz"));

        Assert.Contains("/nowhere/merges.txt.gz", error.Message, StringComparison.Ordinal);
        Assert.Contains("bpe_simple_vocab_16e6.txt.gz", error.Message, StringComparison.Ordinal);
    }
}
