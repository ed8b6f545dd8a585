using System.Text.Json;
using System.Text.Json.Serialization;
using Cil.Diffusion.Pipelines;

namespace Cil.Diffusion.Models;

/// <summary>How much a model reads out of the noise at each M, as it was measured: `leakage.json` beside its model.json.</summary>
public sealed record LeakageCurve
{
    public const string FileName = "leakage.json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    /// <summary>Clips that it was measured on.</summary>
    [JsonPropertyName("clips")] public required int Clips { get; init; }

    [JsonPropertyName("points")] public required IReadOnlyList<Point> Points { get; init; }

    /// <summary>The model's curve; null where none was measured.</summary>
    /// <exception cref="ModelFolderException">The file is damaged, or says what cannot be.</exception>
    public static LeakageCurve? Find(string folder)
    {
        string path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            LeakageCurve curve = JsonSerializer.Deserialize<LeakageCurve>(File.ReadAllText(path), Json)
                ?? throw new ModelFolderException($"{path}: expected an object, got null");
            return curve.Points.All(point => point.Start >= 1 && double.IsFinite(point.Motion))
                ? curve
                : throw new ModelFolderException($"{path}: points: start must be at least 1 and motion finite");
        }
        catch (JsonException error)
        {
            throw new ModelFolderException($"{path}: {error.Message}", error);
        }
    }

    public void Write(string folder) => File.WriteAllText(Path.Combine(folder, FileName), JsonSerializer.Serialize(this, Json) + "\n");

    /// <param name="Start">M: a time or a noise level.</param>
    /// <param name="Motion">R: the part of a clip's motion that the predicted clip has; 0 for a still copy of the image.</param>
    /// <param name="ImageShare">S: how far the prediction goes with another image.</param>
    public sealed record Point(
        [property: JsonPropertyName("start")] int Start, [property: JsonPropertyName("motion")] double Motion,
        [property: JsonPropertyName("image_share")] double ImageShare);
}
