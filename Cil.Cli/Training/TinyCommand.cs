using System.CommandLine;
using Cil.Cli.Datasets;
using Cil.Cli.Options;
using Cil.Diffusion.Datasets;
using Cil.Diffusion.Training.Tiny;
using TorchSharp;

namespace Cil.Cli.Training;

/// <summary>`cil train tiny`: makes the shipped model from nothing.</summary>
internal static class TinyCommand
{
    internal static Command Build()
    {
        var output = new Argument<string>("FOLDER") { Description = "folder of the finished model" };
        var work = new Option<string?>("--work") { Description = "folder of the run; stages that are done are not done again (default: the output's name with .training)" };
        var clips = Values.Whole("--clips", "sprite clips to learn from", new TinyModelOptions { Folder = "" }.Clips, 16, 1_000_000);
        var seed = Values.Seed("seed of everything that is drawn (default 21)");
        var minutes = Values.Number("--minutes", "stop each stage after so long; the same command goes on from there (default: no limit)");
        var inputs = new SpriteInputs();
        var command = new Command("tiny", "Trains cil-tiny: merges, text tower, encoder, decoder, U-Net. About half an hour on two cores.") { output, work, clips, seed, minutes };
        inputs.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string target = parsed.GetRequiredValue(output).TrimEnd('/');
            SpriteAssets assets = await inputs.LoadAsync(parsed, cancellationToken);
            torch.set_num_threads(Environment.ProcessorCount);
            var options = new TinyModelOptions { Folder = parsed.GetValue(work) ?? $"{target}.training", Clips = parsed.GetValue(clips) };
            options = options with
            {
                Seed = parsed.GetValue(seed) ?? options.Seed,
                TimeLimit = parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null,
            };
            TrainingLine? line = null;
            bool finished = new TinyModelTrainer(assets, options).Train(
                target,
                (stage, progress) =>
                {
                    if (progress is not null)
                    {
                        line!.Report(progress);
                        return;
                    }

                    line?.Dispose();
                    Console.Error.WriteLine(stage);
                    line = new TrainingLine("  step");
                },
                cancellationToken);
            line?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            Console.WriteLine(finished ? $"{target}: done" : $"stopped at the time limit; the same command goes on from {options.Folder}");
            return ExitCode.Done;
        });
        return command;
    }
}
