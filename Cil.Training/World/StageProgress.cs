using Cil.Training.Runs;

namespace Cil.Training.World;

/// <summary>Reports a training's progress under its stage's name.</summary>
internal sealed class StageProgress(string stage, Action<string, TrainingProgress?> progress) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => progress(stage, value);
}
