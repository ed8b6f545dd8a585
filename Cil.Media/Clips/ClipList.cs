using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cil.Media.Clips;

/// <summary>A folder of videos with a caption for each: `clips.jsonl` holds one JSON object a line, {"file": …, "caption": …}.</summary>
public static class ClipList
{
    public const string FileName = "clips.jsonl";

    /// <summary>One line.</summary>
    /// <param name="File">Relative to the folder.</param>
    /// <param name="Motion">What moves where, for generated clips; null otherwise.</param>
    public sealed record Entry(
        [property: JsonPropertyName("file")] string File,
        [property: JsonPropertyName("caption")] string Caption,
        [property: JsonPropertyName("motion"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Motion = null);

    /// <summary>Reads the list; every file is there.</summary>
    /// <exception cref="ClipListException">The folder has no list, or the list has faults; all are listed.</exception>
    public static IReadOnlyList<Entry> Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) throw new ClipListException($"{folder}: no data set: it has no {FileName}");
        var entries = new List<Entry>();
        var faults = new List<string>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (Parse(line) is not { } entry) faults.Add($"line {number}: expected {{\"file\": …, \"caption\": …}}, got {line}");
            else if (!File.Exists(Path.Combine(folder, entry.File))) faults.Add($"line {number}: there is no file {entry.File}");
            else entries.Add(entry);
        }

        if (faults.Count > 0) throw new ClipListException($"{path}: {faults.Count} faults:\n  {string.Join("\n  ", faults.Take(20))}");
        return entries.Count > 0 ? entries : throw new ClipListException($"{path}: lists no clips");
    }

    public static void Write(string folder, IEnumerable<Entry> entries) =>
        File.WriteAllLines(Path.Combine(folder, FileName), entries.Select(entry => JsonSerializer.Serialize(entry)));

    private static Entry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Entry>(line) is { File: not null, Caption: not null } entry ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
