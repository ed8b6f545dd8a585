using System.Globalization;
using Cil.Cli.Options;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Render;

/// <summary>
/// Stage, step and time left on standard error: one line that is drawn over on a terminal, a line for each change of
/// stage elsewhere.
/// </summary>
internal sealed class RenderProgress : IDisposable
{
    private const int BarWidth = 30;

    private readonly TextWriter error = Console.Error;
    private readonly bool terminal = !Console.IsErrorRedirected;
    private string shown = "", explained = "";
    private JobStage? stage;

    internal static RenderProgress Start()
    {
        var progress = new RenderProgress();
        progress.Draw("starting the grid");
        return progress;
    }

    internal void Show(JobSnapshot snapshot)
    {
        if (snapshot.IsFinished) return;
        if (terminal) Draw(Line(snapshot));
        else if (snapshot.Stage != stage) error.WriteLine(Word(snapshot));
        stage = snapshot.Stage;
        explained = "";
    }

    /// <summary>Says why it stands still, on a line that stays; once, until it has come further.</summary>
    internal void Explain(string why)
    {
        if (why == explained) return;
        Dispose();
        error.WriteLine(PrintableText.Of(explained = why));
    }

    /// <summary>Clears the line.</summary>
    public void Dispose()
    {
        if (terminal && shown.Length > 0) error.Write($"\r{new string(' ', shown.Length)}\r");
        shown = "";
    }

    private static string Line(JobSnapshot snapshot)
    {
        (int done, int of) = snapshot.Stage == JobStage.Denoising ? (snapshot.Step, snapshot.Steps) : (snapshot.FramesDecoded, snapshot.Frames);
        // Both stages share the bar by what they usually take: nine parts of ten are denoising.
        double part = (0.9 * snapshot.Step / Math.Max(1, snapshot.Steps)) + (0.1 * snapshot.FramesDecoded / Math.Max(1, snapshot.Frames));
        int filled = (int)(part * BarWidth);
        string bar = new string('█', filled) + new string('░', BarWidth - filled);
        string unit = snapshot.Stage == JobStage.Denoising ? "step" : "frame";
        string count = snapshot.Stage is JobStage.Denoising or JobStage.Decoding ? string.Create(CultureInfo.InvariantCulture, $" {unit} {done}/{of}") : "";
        string left = snapshot.Remaining is { } time ? string.Create(CultureInfo.InvariantCulture, $", {Math.Ceiling(time.TotalSeconds):F0} s left") : "";
        return $"{bar} {Word(snapshot)}{count}{left}";
    }

    private static string Word(JobSnapshot snapshot) => snapshot.Stage switch
    {
        JobStage.Waiting => snapshot.QueuePosition is > 0 and var before ? string.Create(CultureInfo.InvariantCulture, $"waiting behind {before} jobs") : "loading the model",
        JobStage.Denoising => "denoising",
        JobStage.Decoding => "decoding",
        JobStage.Encoding => "encoding",
        _ => "done",
    };

    private void Draw(string line)
    {
        if (!terminal) return;
        error.Write($"\r{line.PadRight(shown.Length)}");
        shown = line;
    }
}
