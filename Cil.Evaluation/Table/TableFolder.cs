using Cil.Media.Images;
using Cil.Training.Datasets;

namespace Cil.Evaluation.Table;

/// <summary>What a table keeps while it is made: scores, and the videos, for the filmstrip and for other measures.</summary>
public sealed class TableFolder
{
    /// <summary>Clips whose videos the filmstrip shows.</summary>
    private const int Shown = 2;

    private readonly string folder;

    public TableFolder(string folder)
    {
        this.folder = folder;
        Directory.CreateDirectory(folder);
        Scores = new ScoreFile(At("scores.csv"));
    }

    public ScoreFile Scores { get; }

    public string At(string name) => Path.Combine(folder, name);

    /// <summary>Measures videos of a row and keeps what is needed of them.</summary>
    /// <param name="clips">Their numbers.</param>
    public void Add(string row, IReadOnlyList<int> clips, IReadOnlyList<(SpriteClip Clip, byte[] Video)> videos)
    {
        for (int i = 0; i < videos.Count; i++) File.WriteAllBytes(Video(row, clips[i]), videos[i].Video);

        // The scores last: a video that has them is done.
        Scores.Add(
            row,
            [.. videos.Select((made, i) => (clips[i], VideoScores.Of(made.Video, made.Clip.FirstFrame, made.Clip.Size, made.Clip.Size)))]);
    }

    /// <summary>
    /// The clips that were asked for in the first row, and each row's videos of them below; all frames. Rows without videos
    /// are left out.
    /// </summary>
    /// <returns>A PNG, and the names of its rows.</returns>
    public (byte[] Png, IReadOnlyList<string> Rows) Filmstrip(SpriteDataset dataset, IReadOnlyList<string> rows)
    {
        string[] made = [.. rows.Where(row => Enumerable.Range(0, Shown).All(clip => File.Exists(Video(row, clip))))];
        (int size, int frames) = (dataset.Options.Size, dataset.Options.Frames);
        var sheet = new FrameSheet(size, size, Shown * frames, made.Length + 1);
        for (int clip = 0; clip < Shown; clip++)
        {
            byte[][] videos = [dataset.Draw(clip).Frames, .. made.Select(row => File.ReadAllBytes(Video(row, clip)))];
            for (int row = 0; row < videos.Length; row++)
            {
                for (int frame = 0; frame < frames; frame++) sheet.Set(row, (clip * frames) + frame, videos[row], frame);
            }
        }

        return (sheet.ToPng(), ["the clip", .. made]);
    }

    /// <summary>A row's videos, RGB24, in the order of their clips.</summary>
    /// <exception cref="FileNotFoundException">One has not been made, or was made by a version that did not keep it.</exception>
    public IReadOnlyList<byte[]> Videos(string row, int count) =>
        [.. Enumerable.Range(0, count).Select(clip => File.ReadAllBytes(Video(row, clip)))];

    private string Video(string row, int clip) =>
        At($"{string.Concat(row.Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-'))}.{clip}.rgb");
}
