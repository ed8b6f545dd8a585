using System.Globalization;
using System.Text;

namespace Cil.Cli.Options;

/// <summary>
/// Text of others, as it can be shown: characters that would steer a terminal, or turn the order of others round, are spelt
/// out.
/// </summary>
internal static class PrintableText
{
    /// <summary>On one line: line breaks and tabs are spelt out, too.</summary>
    internal static string Of(string text) => Of(text, keepsLines: false);

    /// <summary>Line breaks, carriage returns and tabs stay.</summary>
    internal static string OfLines(ReadOnlySpan<char> text) => Of(text, keepsLines: true);

    private static string Of(ReadOnlySpan<char> text, bool keepsLines)
    {
        int first = 0;
        while (first < text.Length && !IsSpelt(text[first], keepsLines)) first++;
        if (first == text.Length) return text.ToString();
        StringBuilder shown = new StringBuilder(text.Length + 16).Append(text[..first]);
        foreach (char character in text[first..])
        {
            if (IsSpelt(character, keepsLines)) _ = shown.Append(Spelt(character));
            else _ = shown.Append(character);
        }

        return shown.ToString();
    }

    private static bool IsSpelt(char character, bool keepsLines) => character switch
    {
        '\n' or '\r' or '\t' => !keepsLines,
        // Line and paragraph separators, and the marks that set the direction of writing (Unicode, annex 9).
        '\u2028' or '\u2029' or '\u061c' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') => true,
        _ => char.IsControl(character),
    };

    private static string Spelt(char character) => character switch
    {
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        _ => string.Create(CultureInfo.InvariantCulture, $@"\u{(int)character:x4}"),
    };
}
