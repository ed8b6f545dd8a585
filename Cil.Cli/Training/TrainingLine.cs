using System.Globalization;
using Cil.Cli.Options;
using Cil.Training.Optimizers;
using Cil.Training.Runs;

namespace Cil.Cli.Training;

/// <summary>A training run's progress on standard error.</summary>
internal sealed class TrainingLine(string what) : IProgress<TrainingProgress>, IDisposable
{
    private readonly LineProgress line = new(what);

    public void Report(TrainingProgress value) => line.Show(
        value.Step,
        value.TotalSteps,
        value.Left,
        string.Create(
            CultureInfo.InvariantCulture,
            $"loss {value.Loss:F4}, learning rate {value.LearningRate:G3}, gradient norm {value.GradientNorm:F2}"));

    public void Dispose() => line.Dispose();
}
