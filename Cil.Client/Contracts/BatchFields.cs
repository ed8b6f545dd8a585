using System.Globalization;
using Cil.Interfaces;
using Cil.Interfaces.Batches;

namespace Cil.Client.Contracts;

/// <summary>The fields that a batch's form has beside those of a job.</summary>
public static class BatchFields
{
    public const string Seeds = "seeds", Count = "count";

    /// <summary>The most pictures of one form.</summary>
    public const int MostImages = 16;

    /// <summary>The files: image, image2 and so on.</summary>
    public static IReadOnlyList<string> Images { get; } =
        [.. Enumerable.Range(1, MostImages).Select(
            number => number == 1 ? JobFields.Image : string.Create(CultureInfo.InvariantCulture, $"{JobFields.Image}{number}"))];

    /// <summary>What a field is, in words.</summary>
    public static string Describe(string name) => name == Seeds
        ? "whole numbers with ',' between: a video of each picture for each"
        : string.Create(CultureInfo.InvariantCulture, $"1 to {BatchRequest.MostMembers}: videos of each picture, with seeds in sequence");

    /// <summary>The fields of a batch that a job does not have.</summary>
    public static IEnumerable<(string Name, string Value)> Write(BatchRequest request)
    {
        if (request.Seeds.Count > 0)
            yield return (Seeds, string.Join(',', request.Seeds.Select(seed => seed.ToString(CultureInfo.InvariantCulture))));
        if (request.Count is { } count) yield return (Count, count.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Reads the fields of a form.</summary>
    /// <param name="faults">Gets every field that is not known or cannot be read.</param>
    public static BatchRequest Read(IReadOnlyList<KeyValuePair<string, string>> fields, ICollection<RequestError> faults)
    {
        var batch = new BatchRequest { Request = JobFields.Read(fields.Where(field => field.Key is not (Seeds or Count)), faults) };
        foreach ((string name, string text) in fields)
        {
            if (name == Seeds && ReadSeeds(text) is { } seeds) batch = batch with { Seeds = seeds };
            else if (name == Count && JobFields.ReadWhole(text, out int count)) batch = batch with { Count = count };
            else if (name is Seeds or Count) faults.Add(new RequestError(name, $"expected {Describe(name)}; got '{text}'"));
        }

        return batch;
    }

    /// <summary>Seeds with ',' between; null for what is none.</summary>
    public static IReadOnlyList<ulong>? ReadSeeds(string text)
    {
        var seeds = new List<ulong>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!ulong.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)) return null;
            seeds.Add(seed);
        }

        return seeds;
    }
}
