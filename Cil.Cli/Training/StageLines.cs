using Cil.Training.Runs;

namespace Cil.Cli.Training;

/// <summary>The stages of a recipe on standard error, each with its own progress.</summary>
internal sealed class StageLines : IDisposable
{
    private TrainingLine? line;

    /// <param name="progress">Null when the stage begins.</param>
    internal void Show(string stage, TrainingProgress? progress)
    {
        if (progress is not null)
        {
            line!.Report(progress);
            return;
        }

        line?.Dispose();
        Console.Error.WriteLine(stage);
        line = new TrainingLine("  step");
    }

    public void Dispose() => line?.Dispose();
}
