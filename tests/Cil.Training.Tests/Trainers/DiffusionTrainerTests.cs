using Cil.Diffusion.TimeNoise;
using Cil.TestKit.Models;
using Cil.Training.Losses;
using Cil.Training.Optimizers;
using Cil.Training.Runs;
using Cil.Training.Tests.Runs;
using Cil.Training.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Training.Tests.Trainers;

public sealed class DiffusionTrainerTests
{
    private const long Steps = 6;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Train_StoppedHalfWayAndTakenUp_LeavesTheSameBytesAsInOneGo(bool bFloat16)
    {
        using RunFolder whole = new(), parts = new();
        DiffusionTrainerOptions options = Options with { BFloat16 = bFloat16 };
        Train(whole, options);
        Train(parts, options, stopAfter: 3);
        byte[] half = parts.Checkpoint;
        Train(parts, options);

        Assert.NotEqual(whole.Checkpoint, half);
        Assert.Equal(whole.Checkpoint, parts.Checkpoint);
    }

    [Fact]
    public void Train_WithTimeNoise_IsNotNaiveTraining()
    {
        using RunFolder naive = new(), noisy = new();
        Train(naive, Options with { TimeNoise = null });
        Train(noisy, Options with { TokenNoise = ImageTokenNoise.None });

        Assert.NotEqual(naive.Checkpoint, noisy.Checkpoint);
    }

    [Fact]
    public void Train_WithTokensOfAllFrames_IsConditionedOnOthersThanTheFirst()
    {
        using RunFolder first = new(), any = new();
        Train(first, Options with { TimeNoise = null }, conditionFrames: 1);
        Train(any, Options with { TimeNoise = null });

        Assert.NotEqual(first.Checkpoint, any.Checkpoint);
    }

    [Theory]
    [InlineData(0, null, 0, 0.05, "Batch is 0; possible: at least 1")]
    [InlineData(2, 0, 0, 0.05, "FramesPerClip is 0; possible: at least 1")]
    [InlineData(2, null, 1000, 0.05, "LowestTimestep is 1000; possible: 0…999")]
    [InlineData(2, null, 0, 0.5, "Dropout is 0.5; possible: 0…1/3")]
    public void Trainer_WithAnOptionOutOfRange_NamesItAndWhatIsPossible(
        int batch, int? framesPerClip, int lowest, double dropout, string message)
    {
        using var folder = new RunFolder();
        DiffusionTrainerOptions options = Options with
        {
            Batch = batch,
            FramesPerClip = framesPerClip,
            LowestTimestep = lowest,
            Dropout = dropout,
        };

        TrainingException error = Assert.Throws<TrainingException>(() => Train(folder, options));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    private static DiffusionTrainerOptions Options { get; } = new()
    {
        Batch = 2, BFloat16 = false, TimeNoise = new TimeNoiseDistribution(), TokenNoise = ImageTokenNoise.Add,
    };

    private static void Train(RunFolder folder, DiffusionTrainerOptions options, long? stopAfter = null, long conditionFrames = 4)
    {
        using LatentClips clips = Clips(conditionFrames);
        using var trainer = new DiffusionTrainer(
            TinyModel.Manifest.UNet,
            TinyModel.Manifest.Resampler,
            TinyModel.Manifest.Schedule.Build(),
            options,
            new TrainingRunOptions
            {
                Folder = folder.Path, Steps = Steps, Rate = new LearningRate { Peak = 1e-3, WarmUp = 4, Cosine = true }, ReportEvery = 1,
            });
        Assert.Equal(File.Exists(folder.CheckpointFile), trainer.Run.TryResume());
        using var stop = new StopAfter(stopAfter ?? Steps);
        trainer.Train(clips, stop, stop.Token);
        Assert.Equal(stopAfter ?? Steps, trainer.Run.Step);
    }

    private static LatentClips Clips(long conditionFrames)
    {
        using DisposeScope scope = NewDisposeScope();
        using var random = new StepRandom(8, 0);
        Tensor Draw(params long[] shape) => random.Normal(shape).DetachFromDisposeScope();
        return new LatentClips
        {
            Latents = Draw(3, 4, 4, 8, 8),
            Text = Draw(3, 77, 32),
            EmptyText = Draw(1, 77, 32),
            ImageTokens = Draw(3, conditionFrames, 17, 32),
            EmptyImageTokens = Draw(1, 17, 32),
            Fps = 8,
        };
    }
}
