using System.Globalization;

namespace Cil.Training.Runs;

/// <summary>The file loss.csv of a run: one line "step,loss" for every report.</summary>
internal static class LossLog
{
    public static IEnumerable<(long Step, double Loss)> Read(string folder)
    {
        string file = Path.Combine(folder, "loss.csv");
        return File.Exists(file)
            ? File.ReadLines(file)
                .Skip(1)
                .Select(line => line.Split(','))
                .Select(c => (long.Parse(c[0], CultureInfo.InvariantCulture), double.Parse(c[1], CultureInfo.InvariantCulture)))
            : [];
    }

    public static void Write(string folder, IEnumerable<(long Step, double Loss)> losses) => File.WriteAllLines(
        Path.Combine(folder, "loss.csv"),
        losses.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Step},{l.Loss:R}")).Prepend("step,loss"));
}
