using System.Globalization;

namespace Cil.Evaluation.Table;

/// <summary>The scores that have been measured so far, a line a video: what a table that was stopped goes on from.</summary>
public sealed class ScoreFile(string path)
{
    private const string Header = "row,clip,motion,flicker,alignment";

    /// <summary>By row's name and clip's number.</summary>
    /// <exception cref="InvalidDataException">A line is not of this kind.</exception>
    public Dictionary<(string Row, int Clip), VideoScores> Read()
    {
        var scores = new Dictionary<(string Row, int Clip), VideoScores>();
        if (!File.Exists(path)) return scores;
        foreach (string line in File.ReadLines(path).Skip(1))
        {
            // Rows' names have commas of their own: the numbers are the last four.
            string[] fields = line.Split(',');
            if (fields.Length < 5 || !int.TryParse(fields[^4], CultureInfo.InvariantCulture, out int clip)
                || !Number(fields[^3], out double motion)
                || !Number(fields[^2], out double flicker)
                || !Number(fields[^1], out double alignment))
            {
                throw new InvalidDataException($"{path}: expected {Header}, got '{line}'");
            }

            scores[(string.Join(',', fields[..^4]), clip)] = new VideoScores(motion, flicker, alignment);
        }

        return scores;

        static bool Number(string text, out double value) => double.TryParse(text, CultureInfo.InvariantCulture, out value);
    }

    public void Add(string row, IEnumerable<(int Clip, VideoScores Scores)> measured)
    {
        if (!File.Exists(path)) File.WriteAllText(path, Header + "\n");
        File.AppendAllLines(path, measured.Select(each => string.Create(
            CultureInfo.InvariantCulture, $"{row},{each.Clip},{each.Scores.Motion:R},{each.Scores.Flicker:R},{each.Scores.Alignment:R}")));
    }
}
