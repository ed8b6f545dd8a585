using System.CommandLine;
using System.Globalization;
using Cil.Cli.Datasets;
using Cil.Cli.Options;
using Cil.Diffusion.Devices;
using Cil.Training.Datasets;
using Cil.Training.Recipes;
using TorchSharp;

namespace Cil.Cli.Training;

/// <summary>`cil train tiny`: makes the shipped model from nothing.</summary>
internal static class TinyCommand
{
    internal static Command Build()
    {
        var output = new Argument<string>("FOLDER") { Description = "folder of the finished model" };
        var work = new Option<string?>("--work")
        {
            Description = "folder of the run; stages that are done are not done again (default: the output's name with .training)",
        };
        Option<int?> clips = Values.Whole("--clips", "sprite clips to learn from (default: 2,400, on a GPU 16,000)");
        var device = new DeviceOption("where it is trained: a GPU learns more motions from more clips");
        Option<double> effort = Values.Number(
            "--effort", "steps of every stage, in parts of the plan's: 0.1 for a quick look, more than 1 for a better model", 1);
        Option<ulong?> seed = Values.Seed("seed of everything that is drawn (default 21)");
        Option<double?> minutes = Values.Number(
            "--minutes", "stop each stage after so long; the same command goes on from there (default: no limit)");
        var inputs = new SpriteInputs();
        var command = new Command(
            "tiny",
            "Trains cil-tiny: merges, text tower, encoder, decoder, U-Net. About an hour on two cores, five minutes on a GPU.")
        {
            output, work, clips, effort, seed, minutes, device.Option,
        };
        inputs.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string target = parsed.GetRequiredValue(output).TrimEnd('/');
            SpriteAssets assets = await inputs.LoadAsync(parsed, cancellationToken);
            using IDisposable sharing = SpinThrottle.Watch();
            torch.set_num_threads(Environment.ProcessorCount);
            torch.Device on = device.Read(parsed);
            TinyModelPlan plan = on.type == DeviceType.CPU ? TinyModelPlan.Processor : TinyModelPlan.Gpu;
            if (parsed.GetValue(clips) is { } asked)
            {
                if (asked < 16) throw new BadInputException("--clips", $"expected 16 or more, got {asked}");
                plan = plan with { Clips = asked };
            }

            double share = parsed.GetValue(effort);
            if (share is not (> 0 and <= 1000))
            {
                throw new BadInputException(
                    "--effort", string.Create(CultureInfo.InvariantCulture, $"expected a number above 0, up to 1000; got {share}"));
            }

            var options = new TinyModelOptions
            {
                Folder = parsed.GetValue(work) ?? $"{target}.training", Device = on, Plan = plan.Times(share),
            };
            options = options with
            {
                Seed = parsed.GetValue(seed) ?? options.Seed,
                TimeLimit = parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null,
            };
            using var lines = new StageLines();
            bool finished = new TinyModelTrainer(assets, options).Train(target, lines.Show, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            Console.WriteLine(
                finished
                    ? $"{target}: done"
                    : $"stopped at the time limit; the same command goes on from "
                        + $"{options.Folder}{(Directory.Exists(target) ? $", and {target} is the model so far" : "")}");
            return ExitCode.Done;
        });
        return command;
    }
}
