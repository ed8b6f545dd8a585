using System.Globalization;
using Cil.Benchmarks.Measuring;
using Cil.Training.Optimizers;
using Cil.Training.Recipes;
using Cil.Training.Runs;
using Cil.Training.Trainers;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Benchmarks.Training;

/// <summary>
/// Seconds of a training step of each stage that makes cil-tiny, on random clips: what the whole training will take on a
/// device.
/// </summary>
internal static class TrainingSteps
{
    private const long Clips = 512, ImageTokens = 17, Warm = 3, TextTokens = 77;

    internal static Task<bool> RunAsync(BenchmarkOptions options)
    {
        TinyModelPlan plan = options.Device.type == DeviceType.CPU ? TinyModelPlan.Processor : TinyModelPlan.Gpu;
        double total = 0;
        using DisposeScope scope = NewDisposeScope();
        total += Decoder(plan, options);
        using LatentClips clips = RandomClips();
        foreach (TinyModelStage stage in plan.Stages) total += Diffusion(stage, clips, options);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  all steps of these stages together: {total / 60:F1} minutes"));
        return Task.FromResult(true);
    }

    private static double Decoder(TinyModelPlan plan, BenchmarkOptions options)
    {
        // As the trainer takes turns: three steps of quarter pictures, one of whole ones.
        Tensor quarters = randn(4 * plan.DecoderPictures, 3, TinyModel.Size / 2, TinyModel.Size / 2),
            whole = randn(plan.DecoderPictures, 3, TinyModel.Size, TinyModel.Size);
        return Timed("decoder", plan.DecoderSteps, options, (run, clock) =>
        {
            using var trainer = new AutoencoderTrainer(
                TinyModel.Autoencoder, TinyModel.LatentChannels, new AutoencoderTrainerOptions { Device = options.Device }, run, whole);
            trainer.Train(step => step % 4 == 3 ? whole : quarters, clock, default);
        });
    }

    private static double Diffusion(TinyModelStage stage, LatentClips clips, BenchmarkOptions options) => Timed(
        $"{stage.Name}, {stage.Batch} clips of {stage.FramesPerClip} frames", stage.Steps, options, (run, clock) =>
        {
            using var trainer = new DiffusionTrainer(
                TinyModel.UNet, TinyModel.Projector, TinyModel.Schedule.Build(),
                new DiffusionTrainerOptions
                {
                    Device = options.Device, Batch = stage.Batch, FramesPerClip = stage.FramesPerClip, MotionWeight = stage.MotionWeight,
                }, run);
            trainer.Train(clips, clock, default);
        });

    // The median of the steps after the first ones, by the trainer's own clock.
    private static double Timed(
        string name, long steps, BenchmarkOptions options, Action<TrainingRunOptions, IProgress<TrainingProgress>> train)
    {
        string folder = Directory.CreateTempSubdirectory("cil-training-").FullName;
        try
        {
            var clock = new StepClock();
            train(
                new TrainingRunOptions
                {
                    Folder = folder, Steps = Warm + options.Runs, Rate = new LearningRate { Peak = 1e-4 },
                    CheckpointEvery = int.MaxValue, ReportEvery = 1,
                },
                clock);
            var samples = new Samples(name);
            foreach ((TimeSpan before, TimeSpan after) in clock.Ends.Skip((int)Warm - 1).Zip(clock.Ends.Skip((int)Warm)))
                samples.Add((after - before).TotalSeconds);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {name,-36} {samples.Median * 1e3:F1} ms a step; its {steps} steps {samples.Median * steps / 60:F1} minutes"));
            return samples.Median * steps;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class StepClock : IProgress<TrainingProgress>
    {
        internal List<TimeSpan> Ends { get; } = [];

        public void Report(TrainingProgress value) => Ends.Add(value.Elapsed);
    }

    private static LatentClips RandomClips() => new()
    {
        Latents = randn([Clips, TinyModel.LatentChannels, TinyModel.Frames, TinyModel.Size / 8, TinyModel.Size / 8]),
        Text = randn(Clips, TextTokens, 64),
        EmptyText = randn(1, TextTokens, 64),
        ImageTokens = randn(Clips, 1, ImageTokens, 64),
        EmptyImageTokens = randn(1, ImageTokens, 64),
        Fps = TinyModel.Fps,
    };
}
