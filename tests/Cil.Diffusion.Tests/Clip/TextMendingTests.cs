using Cil.Diffusion.Clip;

namespace Cil.Diffusion.Tests.Clip;

public sealed class TextMendingTests
{
    // What ftfy 6.1.1 makes of them.
    [Theory]
    [InlineData("\u201ccurly quotes\u201d and \u2018single\u2019 \u2014 dash", "\"curly quotes\" and 'single' \u2014 dash")]
    [InlineData("\ufb01re ligature \uff26\uff55\uff4c\uff4c width", "fire ligature Full width")]
    [InlineData("na\u0303o", "n\u00e3o")]
    [InlineData("a\u0302\u0301", "\u1ea5")]
    [InlineData("\u0301a", "\u0301a")]
    [InlineData("x\u0301", "x\u0301")]
    [InlineData("a\u0000b\u007fc\ufeffd", "abcd")]
    [InlineData("a\u2028b\u3000c", "a\nb c")]
    [InlineData("\u0149", "'n")]
    [InlineData("plain text, 1 < 2", "plain text, 1 < 2")]
    public void Mend_DoesWhatFtfyDoesToWellDecodedText(string text, string expected) => Assert.Equal(expected, TextMending.Mend(text));

    [Fact]
    public void Tokens_OfTypographicAndPlainQuotes_AreTheSame()
    {
        var tokenizer = new BpeTokenizer([]);

        Assert.Equal(tokenizer.Encode("a \"cat\""), tokenizer.Encode("a \u201ccat\u201d"));
    }
}
