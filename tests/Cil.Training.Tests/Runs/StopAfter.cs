using Cil.Training.Runs;

namespace Cil.Training.Tests.Runs;

/// <summary>Cancels a run when a step is done, on the run's own thread.</summary>
internal sealed class StopAfter(long step) : IProgress<TrainingProgress>, IDisposable
{
    private readonly CancellationTokenSource source = new();

    internal CancellationToken Token => source.Token;

    public void Report(TrainingProgress value)
    {
        if (value.Step == step) source.Cancel();
    }

    public void Dispose() => source.Dispose();
}
