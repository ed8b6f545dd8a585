using System.CommandLine;
using System.Globalization;
using Cil.Cli.Datasets;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Diffusion.Devices;
using Cil.Diffusion.Models;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.TimeNoise;
using Cil.Training.Datasets;
using Cil.Training.World;
using TorchSharp;

namespace Cil.Cli.Training;

/// <summary>`cil train world`: the models that the paper's table is measured on.</summary>
internal static class WorldCommand
{
    internal static Command Build()
    {
        var output = new Argument<string>("FOLDER") { Description = "folder of the models: base, naive and timenoise" };
        var work = new Option<string?>("--work")
        {
            Description = "folder of the run; what is done is not done again (default: the output's name with .training)",
        };
        Option<string> family = Values.Text(
            "--family", $"which system the models are like: {string.Join(", ", ModelFamily.All.Select(known => known.Name))}",
            FamilyName.DynamiCrafter);
        Option<string> source = Values.Text("--source", "the model that autoencoder and towers are taken from", "cil-tiny");
        Option<int> clips = Values.Whole("--clips", "clips of the base model", 3000, 64, 1_000_000);
        Option<int> tuningClips = Values.Whole("--tuning-clips", "clips of little motion to fine-tune on", 1500, 64, 1_000_000);
        Option<int> steps = Values.Whole("--steps", "steps of the base model", 1800, 1, int.MaxValue);
        Option<int> tuningSteps = Values.Whole("--tuning-steps", "steps of each fine-tuning", 500, 1, int.MaxValue);
        Option<int> batch = Values.Whole("--batch", "clips a step", 4, 1, 4096);
        Option<double> betaM = Values.Number("--beta-m", "timenoise: the largest noise, in units of the latents", 3);
        Option<ulong?> seed = Values.Seed("seed of everything that is drawn (default 31)");
        Option<double?> minutes = Values.Number(
            "--minutes", "stop each training after so long; the same command goes on from there (default: no limit)");
        Option<int> threads = Values.Whole(
            "--threads", "threads on the processor: one is best where others work too", Environment.ProcessorCount, 1, 1024);
        var float32 = new Option<bool>("--float32") { Description = "compute in float32 instead of bfloat16" };
        var device = new DeviceOption("where it is trained");
        var inputs = new SpriteInputs();
        var command = new Command(
            "world",
            "Trains the small world: a base model, and two that are fine-tuned from it on clips that move little, naive and with "
                + "TimeNoise.")
        {
            output, family, work, source, clips, tuningClips, steps, tuningSteps, batch,
            betaM, seed, minutes, threads, float32, device.Option,
        };
        inputs.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string target = parsed.GetRequiredValue(output).TrimEnd('/');
            double largest = parsed.GetValue(betaM);
            if (!(largest > 0))
            {
                throw new BadInputException(
                    "--beta-m", string.Create(CultureInfo.InvariantCulture, $"expected a number above 0, got {largest}"));
            }

            SpriteAssets assets = await inputs.LoadAsync(parsed, cancellationToken);
            torch.set_num_threads(parsed.GetValue(threads));
            var options = new WorldOptions
            {
                Family = Family(parsed.GetRequiredValue(family)),
                Source = ModelLocations.Find("--source", parsed.GetRequiredValue(source)),
                Folder = parsed.GetValue(work) ?? $"{target}.training",
                Device = device.Read(parsed),
                Clips = parsed.GetValue(clips),
                TuningClips = parsed.GetValue(tuningClips),
                Steps = parsed.GetValue(steps),
                TuningSteps = parsed.GetValue(tuningSteps),
                Batch = parsed.GetValue(batch),
                TimeNoise = new TimeNoiseDistribution(largest, 5, 1),
                BFloat16 = !parsed.GetValue(float32),
                TimeLimit = parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null,
            };
            options = options with { Seed = parsed.GetValue(seed) ?? options.Seed };
            using IDisposable sharing = SpinThrottle.Watch();
            using var lines = new StageLines();
            bool finished = new WorldTrainer(assets, options).Train(target, lines.Show, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            Console.WriteLine(finished ? $"{target}: done" : $"stopped at the time limit; the same command goes on from {options.Folder}");
            return ExitCode.Done;
        });
        return command;
    }

    private static string Family(string name) => ModelFamily.Find(name)?.Name ?? throw new BadInputException(
        "--family", $"expected one of {string.Join(", ", ModelFamily.All.Select(known => known.Name))}, got '{name}'");
}
