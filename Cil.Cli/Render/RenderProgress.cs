using System.Globalization;
using Cil.Cli.Options;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;

namespace Cil.Cli.Render;

/// <summary>
/// Stage, step and time left on standard error: a bar on a terminal, a line for each change of stage elsewhere.
/// </summary>
internal sealed class RenderProgress : IDisposable
{
    private TerminalBar? bar;
    private string explained = "";
    private JobStage? stage;
    private string task = "";

    internal static RenderProgress Start()
    {
        var progress = new RenderProgress();
        progress.Draw("starting the grid", 0);
        return progress;
    }

    /// <summary>Names the job that is shown from here on, where there are several one after another.</summary>
    internal void Begin(string name)
    {
        (task, stage) = ($"{name}: ", null);
        Draw(name, 0);
        if (bar is null) Console.Error.WriteLine(PrintableText.Of(name));
    }

    internal void Show(JobSnapshot snapshot)
    {
        if (snapshot.IsFinished) return;
        Draw(task + Line(snapshot), Part(snapshot));
        if (bar is null && snapshot.Stage != stage) Console.Error.WriteLine(Word(snapshot));
        stage = snapshot.Stage;
        explained = "";
    }

    /// <summary>The same of a batch.</summary>
    internal void Show(BatchSnapshot batch)
    {
        if (batch.IsFinished) return;
        Draw(
            string.Create(
                CultureInfo.InvariantCulture, $"{batch.Completed} of {batch.Members.Count} videos, step {batch.Step}/{batch.Steps}"),
            batch.Members.Sum(
                member => member.Snapshot is { } job ? job.IsFinished ? 1 : Part(job) : 0) / Math.Max(1, batch.Members.Count));
    }

    /// <summary>Says why it stands still, on a line that stays; once, until it has come further.</summary>
    internal void Explain(string why)
    {
        if (why == explained) return;
        Say(explained = why);
    }

    /// <summary>Says something on a line that stays.</summary>
    internal void Say(string line)
    {
        Dispose();
        Console.Error.WriteLine(PrintableText.Of(line));
    }

    /// <summary>Clears the bar.</summary>
    public void Dispose()
    {
        bar?.Dispose();
        bar = null;
    }

    // Both stages share the bar by what they usually take: nine parts of ten are denoising.
    private static double Part(JobSnapshot snapshot) =>
        (0.9 * snapshot.Step / Math.Max(1, snapshot.Steps)) + (0.1 * snapshot.FramesDecoded / Math.Max(1, snapshot.Frames));

    private static string Line(JobSnapshot snapshot)
    {
        (int done, int of) = snapshot.Stage == JobStage.Denoising
            ? (snapshot.Step, snapshot.Steps)
            : (snapshot.FramesDecoded, snapshot.Frames);
        string unit = snapshot.Stage == JobStage.Denoising ? "step" : "frame";
        string count = snapshot.Stage is JobStage.Denoising or JobStage.Decoding
            ? string.Create(CultureInfo.InvariantCulture, $" {unit} {done}/{of}")
            : "";
        string left = snapshot.Remaining is { } time
            ? string.Create(CultureInfo.InvariantCulture, $", {Math.Ceiling(time.TotalSeconds):F0} s left")
            : "";
        return $"{Word(snapshot)}{count}{left}";
    }

    private static string Word(JobSnapshot snapshot) => snapshot.Stage switch
    {
        JobStage.Waiting =>
            snapshot.QueuePosition is > 0 and var before
                ? string.Create(CultureInfo.InvariantCulture, $"waiting behind {before} jobs")
                : "loading the model",
        JobStage.Denoising => "denoising",
        JobStage.Decoding => "decoding",
        JobStage.Encoding => "encoding",
        _ => "done",
    };

    private void Draw(string line, double part)
    {
        bar ??= TerminalBar.Start();
        bar?.Show(line, part);
    }
}
