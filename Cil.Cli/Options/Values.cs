using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Cil.Cli.Options;

/// <summary>Options whose messages name the option, what was given and what is possible.</summary>
public static class Values
{
    /// <summary>A whole number; null when it is not given.</summary>
    public static Option<int?> Whole(string name, string description) =>
        Parsed<int?>(
            name,
            description,
            "a whole number",
            text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) ? value : null);

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public static Option<int> Whole(string name, string description, int standard, int least, int most)
    {
        Option<int> option = Parsed<int>(
            name,
            description,
            string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}"),
            text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                && value >= least
                && value <= most
                ? value
                : null);
        option.DefaultValueFactory = _ => standard;
        return option;
    }

    /// <summary>A whole number or a word, as it was written; null when it is not given.</summary>
    public static Option<string?> WholeOr(string name, string word, string description) => Parsed<string?>(
        name,
        description,
        $"a whole number or {word}",
        text => text == word || int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? text : null);

    /// <summary>A number; null when it is not given.</summary>
    public static Option<double?> Number(string name, string description) => Parsed<double?>(name, description, "a number", ReadNumber);

    /// <summary>A number with a default.</summary>
    public static Option<double> Number(string name, string description, double standard)
    {
        Option<double> option = Parsed<double>(name, description, "a number", ReadNumber);
        option.DefaultValueFactory = _ => standard;
        return option;
    }

    /// <summary>A seed; null to draw one.</summary>
    public static Option<ulong?> Seed(string description) => Parsed<ulong?>(
        "--seed",
        description,
        $"a whole number from 0 to {ulong.MaxValue}",
        text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : null);

    /// <summary>WIDTHxHEIGHT in pixels; null when it is not given.</summary>
    public static Option<(int Width, int Height)?> Size(string name, string description) => Parsed<(int Width, int Height)?>(
        name,
        description,
        "WIDTHxHEIGHT in pixels, such as 64x64",
        text => text.Split('x') is [var width, var height]
            && int.TryParse(width, NumberStyles.None, CultureInfo.InvariantCulture, out int w)
            && int.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out int h)
            ? (w, h)
            : null);

    /// <summary>Text with a default.</summary>
    public static Option<string> Text(string name, string description, string standard) =>
        new(name) { Description = description, DefaultValueFactory = _ => standard };

    private static object? ReadNumber(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;

    private static Option<T> Parsed<T>(string name, string description, string expected, Func<string, object?> read) => new(name)
    {
        Description = description,
        CustomParser = result => Read<T>(name, expected, result, read),
    };

    private static T? Read<T>(string name, string expected, ArgumentResult result, Func<string, object?> read)
    {
        string text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
        if (read(text) is T value) return value;
        result.AddError($"{name}: expected {expected}, got '{text}'");
        return default;
    }
}
