using System.Globalization;

namespace Cil.Interfaces.Batches;

/// <summary>Names of batches, of their jobs, and of their pictures.</summary>
public static class BatchNames
{
    /// <summary>A batch's id leaves room for the numbers of its jobs.</summary>
    public const int MostLetters = 60;

    /// <summary>A new id that no other batch has.</summary>
    public static RenderJobId New() => new($"batch_{Guid.NewGuid():N}");

    /// <summary>The job of one video.</summary>
    /// <param name="index">From 0.</param>
    public static RenderJobId Job(RenderJobId batch, int index) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{batch}-{index + 1:D3}"));

    /// <summary>Everything that belongs to the batch and not to one of its jobs.</summary>
    public static string Prefix(RenderJobId batch) => $"batches/{batch}/";

    /// <summary>An uploaded picture; the content's hash is part of its name, as with jobs.</summary>
    public static string Image(RenderJobId batch, string digest) => $"{Prefix(batch)}input.{digest}";
}
