using System.CommandLine;
using System.Globalization;
using Cil.Cli.Datasets;
using Cil.Cli.Options;
using Cil.Diffusion.Devices;
using Cil.Evaluation.Features;
using Cil.Training.Datasets;
using Cil.Training.World;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Cli.Training;

/// <summary>`cil train features`: the small network that the small world's videos are compared by.</summary>
internal static class FeaturesCommand
{
    private const ulong Seed = 77;
    private const int HeldOut = 260;

    internal static Command Build()
    {
        var output = new Argument<string>("FILE") { Description = "the network's weights, safetensors" };
        var work = new Option<string?>("--work") { Description = "folder of the run (default: the output's name with .training)" };
        Option<int> clips = Values.Whole("--clips", "clips", 3000, 64, 100_000);
        Option<int> steps = Values.Whole("--steps", "steps of 16 clips", 1500, 1, int.MaxValue);
        Option<int> threads = Values.Whole("--threads", "threads on the processor", Environment.ProcessorCount, 1, 1024);
        var inputs = new SpriteInputs();
        var command = new Command(
            "features",
            "Trains cil-features: a small network that tells movement, strength and kind of thing of the small world's clips.")
        {
            output, work, clips, steps, threads,
        };
        inputs.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string file = parsed.GetRequiredValue(output);
            SpriteAssets assets = await inputs.LoadAsync(parsed, cancellationToken);
            set_num_threads(parsed.GetValue(threads));
            using IDisposable sharing = SpinThrottle.Watch();
            using DisposeScope scope = NewDisposeScope();
            using var line = new TrainingLine("features: step");
            using var trainer = new CilFeaturesTrainer(parsed.GetValue(work) ?? $"{file}.training", parsed.GetValue(steps), Seed);
            trainer.Run.TryResume();
            trainer.Train(
                CilFeaturesTrainer.Draw(WorldClips.Base(assets, Seed), parsed.GetValue(clips)), line, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            trainer.Save(file);
            using var network = CilFeatures.Open(file, CPU);
            (double movement, double category) = network.Accuracy(
                CilFeaturesTrainer.Draw(WorldClips.Evaluation(assets, Seed), HeldOut));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{file}: of {HeldOut} held-out clips it tells the movement of {movement:P0}, the kind of thing of {category:P0}"));
            return ExitCode.Done;
        });
        return command;
    }
}
