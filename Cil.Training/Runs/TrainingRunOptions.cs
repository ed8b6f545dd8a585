using Cil.Training.Optimizers;

namespace Cil.Training.Runs;

/// <summary>How long and how a run trains.</summary>
public sealed record TrainingRunOptions
{
    /// <summary>Folder of checkpoint, loss log and plot; made if missing.</summary>
    public required string Folder { get; init; }

    public required long Steps { get; init; }

    public required LearningRate Rate { get; init; }

    public AdamWOptions AdamW { get; init; } = new();

    /// <summary>Limit of the global gradient norm.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Decay of the moving average of the weights.</summary>
    public double EmaDecay { get; init; } = 0.999;

    /// <summary>Steps between checkpoints.</summary>
    public int CheckpointEvery { get; init; } = 200;

    /// <summary>Steps between reports.</summary>
    public int ReportEvery { get; init; } = 10;

    /// <summary>No step starts after this; null for no limit. The run can be resumed.</summary>
    public TimeSpan? TimeLimit { get; init; }

    /// <exception cref="ArgumentException">Lists every fault.</exception>
    public void Validate()
    {
        var faults = new List<string>();
        void Check(bool good, string fault)
        {
            if (!good) faults.Add(fault);
        }

        Check(Steps > 0, $"steps: expected at least 1, got {Steps}");
        Check(Rate.Peak > 0, $"learning rate: expected a positive number, got {Rate.Peak}");
        Check(ClipNorm > 0, $"clip norm: expected a positive number, got {ClipNorm}");
        Check(EmaDecay is >= 0 and < 1, $"ema decay: expected 0 ≤ decay < 1, got {EmaDecay}");
        Check(CheckpointEvery > 0, $"checkpoint every: expected at least 1 step, got {CheckpointEvery}");
        Check(ReportEvery > 0, $"report every: expected at least 1 step, got {ReportEvery}");
        if (faults.Count > 0) throw new ArgumentException(string.Join("; ", faults));
    }
}
