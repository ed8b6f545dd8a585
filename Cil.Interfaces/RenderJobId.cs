using System.Text.Json.Serialization;

namespace Cil.Interfaces;

/// <summary>Names a render job. Letters, digits, '-' and '_' only, since it is part of blob names.</summary>
[GenerateSerializer, Immutable, Alias("cil.RenderJobId")]
public readonly record struct RenderJobId
{
    private const int MaxLength = 64;

    /// <exception cref="ArgumentException">The text is blank, too long, or has another character.</exception>
    [JsonConstructor]
    public RenderJobId(string value)
    {
        if (!IsId(value))
            throw new ArgumentException($"job id: 1 to {MaxLength} letters, digits, '-' or '_'; got '{value}'", nameof(value));
        Value = value;
    }

    [Id(0)] public string Value { get; }

    /// <summary>A new id that no other job has.</summary>
    public static RenderJobId New() => new($"video_{Guid.NewGuid():N}");

    /// <summary>Whether a text may name a job.</summary>
    public static bool IsId(string text) =>
        !string.IsNullOrEmpty(text) && text.Length <= MaxLength && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    public override string ToString() => Value;
}
