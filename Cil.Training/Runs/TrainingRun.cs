using System.Diagnostics;
using System.Globalization;
using Cil.Training.Optimizers;
using Cil.Training.Plots;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Runs;

/// <summary>
/// The part that all trainers share: backward pass, clipping, AdamW, moving average, checkpoints, log. The loss of step n is
/// a function of n and the weights alone, so a run that was stopped and resumed gives the same weights, bit for bit.
/// </summary>
public sealed class TrainingRun : IDisposable
{
    private readonly TrainingRunOptions options;
    private readonly IReadOnlyList<NamedParameter> parameters;
    private readonly LoraAdapters? adapters;
    private readonly AdamW optimizer;
    private readonly List<(long Step, double Loss)> losses = [];

    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <param name="adapters">Whose factors the parameters are; null where they are the weights themselves.</param>
    public TrainingRun(IReadOnlyList<NamedParameter> parameters, TrainingRunOptions options, LoraAdapters? adapters = null)
    {
        this.adapters = adapters;
        options.Validate();
        this.options = options;
        this.parameters = parameters;
        optimizer = new AdamW(parameters, options.AdamW);
        Average = new ExponentialAverage(parameters, options.EmaDecay);
        Directory.CreateDirectory(options.Folder);
    }

    public ExponentialAverage Average { get; }

    /// <summary>Steps done so far, in this process and before it.</summary>
    public long Step { get; private set; }

    /// <summary>Logged step and mean loss since the previous entry.</summary>
    public IReadOnlyList<(long Step, double Loss)> Losses => losses;

    private string CheckpointFile => Path.Combine(options.Folder, "checkpoint.safetensors");

    /// <summary>Takes up the folder's checkpoint, if it has one.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryResume()
    {
        if (!File.Exists(CheckpointFile)) return false;

        Step = TrainingCheckpoint.Read(CheckpointFile, parameters, optimizer, Average);
        adapters?.Publish();
        losses.Clear();
        losses.AddRange(LossLog.Read(options.Folder).Where(l => l.Step <= Step));
        return true;
    }

    /// <summary>Trains to the last step, the time limit, or cancellation, and leaves a checkpoint and a loss plot.</summary>
    /// <param name="lossOf">The scalar loss of a step, with its graph.</param>
    /// <exception cref="TrainingException">A loss or its gradients are not finite; the weights are those of the step before.</exception>
    public void Train(Func<long, Tensor> lossOf, IProgress<TrainingProgress>? progress, CancellationToken cancel)
    {
        var clock = Stopwatch.StartNew();
        long first = Step;
        double sum = 0;
        int count = 0;
        while (Step < options.Steps && !cancel.IsCancellationRequested && !(clock.Elapsed > options.TimeLimit))
        {
            (double loss, double norm, double rate) = Advance(lossOf);
            (sum, count) = (sum + loss, count + 1);
            if (Step % options.ReportEvery == 0 || Step == options.Steps)
            {
                losses.Add((Step, sum / count));
                progress?.Report(new TrainingProgress
                {
                    Step = Step,
                    TotalSteps = options.Steps,
                    Loss = sum / count,
                    LearningRate = rate,
                    GradientNorm = norm,
                    Elapsed = clock.Elapsed,
                    Left = Left(clock.Elapsed, Step - first),
                });
                (sum, count) = (0, 0);
            }

            if (Step % options.CheckpointEvery == 0) Save();
        }

        Save();
        File.WriteAllText(
            Path.Combine(options.Folder, "loss.svg"),
            LossPlot.Draw(string.Create(CultureInfo.InvariantCulture, $"Training loss, {Step} steps"), losses));
    }

    /// <summary>Writes the checkpoint and the loss log.</summary>
    public void Save()
    {
        using DisposeScope scope = NewDisposeScope();
        TrainingCheckpoint.Write(CheckpointFile, Step, parameters, optimizer, Average);
        LossLog.Write(options.Folder, losses);
    }

    public void Dispose()
    {
        optimizer.Dispose();
        Average.Dispose();
    }

    private (double Loss, double Norm, double Rate) Advance(Func<long, Tensor> lossOf)
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (NamedParameter parameter in parameters) parameter.Leaf.grad = null;
        adapters?.Clear();

        Tensor loss = lossOf(Step);
        loss.backward();
        adapters?.Project();
        double value = loss.ToDouble();
        RequireFinite("the loss", value);
        // A finite loss can have gradients that are not: one such step would spoil the weights, and the checkpoint after it.
        double norm = GradientNorm.Total(parameters);
        RequireFinite("the gradients' norm", norm);
        double rate = options.Rate.At(Step, (double)Step / options.Steps);
        optimizer.Step(rate, GradientNorm.ClipFactor(norm, options.ClipNorm));
        adapters?.Publish();
        Average.Update();
        Step++;
        return (value, norm, rate);
    }

    private void RequireFinite(string what, double value)
    {
        if (!double.IsFinite(value))
        {
            throw new TrainingException(
                $"step {Step}: {what} is {value.ToString(CultureInfo.InvariantCulture)}. The "
                    + "last checkpoint is intact; lower the learning rate.");
        }
    }

    // By speed, or by what the time limit leaves, whichever ends first.
    private TimeSpan Left(TimeSpan elapsed, long done)
    {
        TimeSpan left = elapsed / Math.Max(1, done) * (options.Steps - Step);
        return options.TimeLimit is { } limit && limit - elapsed < left ? limit - elapsed : left;
    }
}
