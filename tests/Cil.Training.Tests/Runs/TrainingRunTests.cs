using Cil.Training.Losses;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using Cil.Training.Tests.Optimizers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Tests.Runs;

public sealed class TrainingRunTests
{
    private const long Steps = 6;

    [Fact]
    public void Train_StoppedHalfWayAndTakenUp_LeavesTheSameBytesAsInOneGo()
    {
        using RunFolder whole = new(), parts = new();
        Train(whole, stopAfter: null);
        Train(parts, stopAfter: 3);
        byte[] half = parts.Checkpoint;
        Train(parts, stopAfter: null);

        Assert.NotEqual(whole.Checkpoint, half);
        Assert.Equal(whole.Checkpoint, parts.Checkpoint);
        Assert.Equal(File.ReadAllLines(Path.Combine(whole.Path, "loss.csv")), File.ReadAllLines(Path.Combine(parts.Path, "loss.csv")));
    }

    [Fact]
    public void Train_ClipsWarmsUpAndAverages_AsTheSingleRulesSay()
    {
        using RunFolder folder = new();
        using TrainingWeights weights = FreshParameters.Of("a"), twin = FreshParameters.Of("a");
        using var run = new TrainingRun(weights.Parameters, Options(folder));
        run.Train(step => Loss(weights, step), null, CancellationToken.None);

        using var optimizer = new AdamW(twin.Parameters, new AdamWOptions());
        using var average = new ExponentialAverage(twin.Parameters, 0.999);
        for (long step = 0; step < Steps; step++)
        {
            twin.Parameters[0].Leaf.grad = null;
            using Tensor loss = Loss(twin, step);
            loss.backward();
            double norm = GradientNorm.Total(twin.Parameters);
            Assert.True(norm > 0.5, "the limit is reached at every step");
            optimizer.Step(Math.Min(1, (step + 1) / 4.0) * 1e-2, 0.5 / (norm + 1e-6));
            average.Update();
        }

        Assert.Equal(twin.Parameters[0].Numbers(), weights.Parameters[0].Numbers());
        Assert.Equal(
            FreshParameters.Numbers(average.Values().Single().Value), FreshParameters.Numbers(run.Average.Values().Single().Value));
    }

    // sqrt(0) has the loss 0 and a gradient without end.
    [Theory]
    [InlineData(false, "the loss is")]
    [InlineData(true, "the gradients' norm is")]
    public void Train_NumbersThatAreNotFinite_StopAndLeaveWeightsAndCheckpoint(bool inGradients, string message)
    {
        using RunFolder folder = new();
        using TrainingWeights weights = FreshParameters.Of("a");
        using var run = new TrainingRun(weights.Parameters, Options(folder) with { CheckpointEvery = 1 });

        string thrown = Assert.Throws<TrainingException>(
            () => run.Train(step => step == 2 ? Broken(weights, inGradients) : Loss(weights, step), null, CancellationToken.None)).Message;

        Assert.Contains($"step 2: {message}", thrown, StringComparison.Ordinal);
        Assert.All(weights.Parameters[0].Numbers(), value => Assert.True(float.IsFinite(value)));
        using TrainingWeights again = FreshParameters.Of("a");
        using var resumed = new TrainingRun(again.Parameters, Options(folder));
        Assert.True(resumed.TryResume());
        Assert.Equal(2, resumed.Step);
        Assert.Equal(weights.Parameters[0].Numbers(), again.Parameters[0].Numbers());
    }

    [Fact]
    public void TryResume_WithoutACheckpoint_StartsAtTheBeginning()
    {
        using RunFolder folder = new();
        using TrainingWeights weights = FreshParameters.Of("a");
        using var run = new TrainingRun(weights.Parameters, Options(folder));

        Assert.False(run.TryResume());
        Assert.Equal(0, run.Step);
    }

    [Fact]
    public void TryResume_FromAnotherNetworksCheckpoint_SaysWhatIsMissingAndSpare()
    {
        using RunFolder folder = new();
        Train(folder, stopAfter: null);
        using TrainingWeights weights = FreshParameters.Of("b", "c");
        using var run = new TrainingRun(weights.Parameters, Options(folder));

        Assert.Contains(
            "2 parameters missing, 1 spare", Assert.Throws<TrainingException>(() => run.TryResume()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_OutOfRange_AreAllListed()
    {
        using RunFolder folder = new();
        TrainingRunOptions options = Options(folder) with { Steps = 0, ClipNorm = -1, EmaDecay = 1, Rate = new LearningRate { Peak = 0 } };

        string message = Assert.Throws<ArgumentException>(() => new TrainingRun([], options)).Message;

        Assert.Equal(4, message.Split("; ").Length);
        Assert.Contains("clip norm: expected a positive number, got -1", message, StringComparison.Ordinal);
    }

    private static void Train(RunFolder folder, long? stopAfter)
    {
        using TrainingWeights weights = FreshParameters.Of("a");
        using var run = new TrainingRun(weights.Parameters, Options(folder));
        _ = run.TryResume();
        using var stop = new StopAfter(stopAfter ?? Steps);
        run.Train(step => Loss(weights, step), stop, stop.Token);
        Assert.Equal(stopAfter ?? Steps, run.Step);
    }

    private static TrainingRunOptions Options(RunFolder folder) => new()
    {
        Folder = folder.Path,
        Steps = Steps,
        Rate = new LearningRate { Peak = 1e-2, WarmUp = 4 },
        ClipNorm = 0.5,
        EmaDecay = 0.999,
        ReportEvery = 1,
    };

    private static Tensor Loss(TrainingWeights weights, long step)
    {
        using DisposeScope scope = NewDisposeScope();
        using var random = new StepRandom(5, step);
        return ((weights.Parameters[0].Leaf - (random.Normal(3) + 9)).square().sum()).MoveToOuterDisposeScope();
    }

    private static Tensor Broken(TrainingWeights weights, bool inGradients)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor zero = weights.Parameters[0].Leaf * 0;
        return (inGradients ? zero.sqrt().sum() : (zero + double.NaN).sum()).MoveToOuterDisposeScope();
    }
}
