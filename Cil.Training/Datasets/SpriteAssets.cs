using System.Text.Json;

namespace Cil.Training.Datasets;

/// <summary>
/// The pictures that clips are drawn from: emoji of the npm package <c>emoji-datasource-google</c> (pictures: Noto Emoji by
/// Google, Apache-2.0; list: MIT) and photographs of the Debian package <c>mate-backgrounds</c> (GPL-2+ and CC-BY-SA; see
/// /usr/share/doc/mate-backgrounds/copyright).
/// </summary>
public sealed class SpriteAssets
{
    /// <summary>Where Debian puts the photographs.</summary>
    public const string DefaultPhotographs = "/usr/share/backgrounds/mate/nature";

    private const int Cell = 64;
    private const int Gap = 1;

    // One emoji in ten, and these photographs, are never trained on.
    private const uint HeldOutOneIn = 10;
    private static readonly string[] HeldOutPhotographs = ["Dune.jpg", "GreenMeadow.jpg", "Storm.jpg"];

    // Names that say a direction would contradict the caption; clock faces differ only by their hands.
    private static readonly string[] Confusing =
        [
            "left", "right", "up", "down", "upwards", "downwards", "clock", "turn", "turning",
            "rotating", "clockwise", "growing", "small", "large", "big", "camera",
        ];

    /// <summary>Pictures that are already in memory.</summary>
    public SpriteAssets(IReadOnlyList<Sprite> sprites, IReadOnlyList<(PictureLayer Picture, SpriteSplit Split)> photographs)
    {
        Sprites = sprites;
        Photographs = photographs;
    }

    /// <summary>The emoji list's categories that are drawn.</summary>
    public static IReadOnlyList<string> Categories { get; } =
        ["Food & Drink", "Animals & Nature", "Objects", "Travel & Places", "Activities"];

    public IReadOnlyList<Sprite> Sprites { get; }

    public IReadOnlyList<(PictureLayer Picture, SpriteSplit Split)> Photographs { get; }

    /// <summary>Reads the pictures.</summary>
    /// <param name="emojiFolder">The unpacked npm package: emoji.json and img/google/sheets/64.png.</param>
    /// <param name="photographFolder">A folder of JPEG files, or null to draw no photographs.</param>
    /// <exception cref="SpriteAssetsException">A file is missing or is not what it should be.</exception>
    public static SpriteAssets Load(string emojiFolder, string? photographFolder)
    {
        string list = Path.Combine(emojiFolder, "emoji.json");
        string sheetFile = Path.Combine(emojiFolder, "img", "google", "sheets", "64.png");
        if (!File.Exists(list) || !File.Exists(sheetFile))
        {
            throw new SpriteAssetsException(
                $"emoji: {emojiFolder} lacks emoji.json or img/google/sheets/64.png. Fetch them with: npm pack "
                    + $"emoji-datasource-google@16.0.0, and unpack the archive there.");
        }

        Picture sheet = PictureReader.Read(sheetFile);
        List<Sprite> sprites = ReadSprites(list, sheet);
        return new SpriteAssets(sprites, ReadPhotographs(photographFolder));
    }

    private static List<Sprite> ReadSprites(string list, Picture sheet)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(list));
        var sprites = new List<Sprite>();
        foreach (JsonElement entry in json.RootElement.EnumerateArray())
        {
            string name = entry.GetProperty("name").GetString()!.ToLowerInvariant();
            string category = entry.GetProperty("category").GetString()!;
            if (!Categories.Contains(category)
                || !entry.GetProperty("has_img_google").GetBoolean()
                || name.Split([' ', '-']).Intersect(Confusing).Any())
            {
                continue;
            }

            int x = (entry.GetProperty("sheet_x").GetInt32() * (Cell + (2 * Gap))) + Gap;
            int y = (entry.GetProperty("sheet_y").GetInt32() * (Cell + (2 * Gap))) + Gap;
            SpriteSplit split = Hash(name) % HeldOutOneIn == 0 ? SpriteSplit.HeldOut : SpriteSplit.Train;
            sprites.Add(new Sprite(name, new PictureLayer(sheet.Crop(x, y, Cell, Cell)), split, category));
        }

        if (sprites.Count == 0)
        {
            throw new SpriteAssetsException($"emoji: {list} lists no emoji of the categories {string.Join(", ", Categories)}.");
        }

        return [.. sprites.OrderBy(s => s.Name, StringComparer.Ordinal)];
    }

    private static List<(PictureLayer Picture, SpriteSplit Split)> ReadPhotographs(string? folder)
    {
        if (folder is null) return [];

        if (!Directory.Exists(folder))
        {
            throw new SpriteAssetsException(
                $"photographs: there is no folder {folder}. Install the Debian package mate-backgrounds, or give a folder of JPEG files.");
        }

        var files = Directory.GetFiles(folder, "*.jpg").Order(StringComparer.Ordinal).ToList();
        if (files.Count == 0) throw new SpriteAssetsException($"photographs: {folder} holds no .jpg file.");

        return files.ConvertAll(file => (
            new PictureLayer(PictureReader.Read(file, 320)),
            HeldOutPhotographs.Contains(Path.GetFileName(file)) ? SpriteSplit.HeldOut : SpriteSplit.Train));
    }

    // FNV-1a: which emoji are held out must not change between runs or .NET versions.
    private static uint Hash(string text) => text.Aggregate(2166136261u, (hash, c) => unchecked((hash ^ c) * 16777619u));
}
