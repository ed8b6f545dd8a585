using System.CommandLine;
using System.Globalization;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Diffusion.TimeNoise;
using Cil.Training.FineTuning;
using TorchSharp;

namespace Cil.Cli.Training;

/// <summary>`cil train finetune`: naive or TimeNoise fine-tuning.</summary>
internal static class FineTuneCommand
{
    private static readonly string[] Methods = ["naive", "timenoise"];

    internal static Command Build()
    {
        var model = new Argument<string>("MODEL") { Description = "the model to start from: a name or a folder" };
        var data = new Argument<string>("DATA") { Description = "a folder of clips with captions, as 'cil dataset' makes them" };
        var output = new Option<string>("--output", "-o") { Description = "folder of the trained model", Required = true };
        Option<string> method = Values.Text("--method", "naive, or timenoise: noise on the conditional image that grows with time (the CIL paper, section 3.2)", "timenoise");
        var work = new Option<string?>("--work") { Description = "folder of the run: encoded clips, checkpoint, loss (default: the output's name with .training)" };
        Option<int> steps = Values.Whole("--steps", "steps", 1000, 1, int.MaxValue);
        Option<int> batch = Values.Whole("--batch", "clips a step", 4, 1, 4096);
        Option<double> rate = Values.Number("--learning-rate", "AdamW's learning rate", 1e-5);
        Option<int> warmUp = Values.Whole("--warm-up", "steps until the learning rate is reached", 20, 0, int.MaxValue);
        Option<double> ema = Values.Number("--ema", "decay of the weights' moving average, from 0 below 1", 0.999);
        Option<double> betaM = Values.Number("--beta-m", "timenoise: the largest noise, in standard deviations of the latents", 100);
        Option<double> a = Values.Number("--a", "timenoise: how late in time the noise rises", 5);
        Option<ulong?> seed = Values.Seed("seed of everything that is drawn (default 1)");
        Option<double?> minutes = Values.Number("--minutes", "stop after so long; the same command goes on from there (default: no limit)");
        var device = new DeviceOption("where it is trained");
        var float32 = new Option<bool>("--float32") { Description = "compute in float32 instead of bfloat16" };
        var command = new Command("finetune", "Fine-tunes a model on a folder of clips.") { model, data, output, method, work, steps, batch, rate, warmUp, ema, betaM, a, seed, minutes, float32, device.Option };
        command.SetAction((parsed, cancellationToken) =>
        {
            string chosen = parsed.GetRequiredValue(method), target = parsed.GetRequiredValue(output).TrimEnd('/');
            if (!Methods.Contains(chosen)) throw new BadInputException("--method", $"expected {string.Join(" or ", Methods)}, got '{chosen}'");
            Require("--learning-rate", parsed.GetValue(rate), value => value > 0, "above 0");
            Require("--ema", parsed.GetValue(ema), value => value is >= 0 and < 1, "from 0 to below 1");
            Require("--beta-m", parsed.GetValue(betaM), value => value > 0, "above 0");
            Require("--a", parsed.GetValue(a), value => value > 0, "above 0");
            var options = new FineTuningOptions
            {
                Folder = parsed.GetValue(work) ?? $"{target}.training",
                TimeNoise = chosen == "timenoise" ? new TimeNoiseDistribution(parsed.GetValue(betaM), parsed.GetValue(a)) : null,
                Device = device.Read(parsed),
                Seed = parsed.GetValue(seed) ?? 1,
                Steps = parsed.GetValue(steps),
                Batch = parsed.GetValue(batch),
                LearningRate = parsed.GetValue(rate),
                WarmUp = parsed.GetValue(warmUp),
                EmaDecay = parsed.GetValue(ema),
                BFloat16 = !parsed.GetValue(float32),
                TimeLimit = parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null,
            };
            return Task.FromResult(Run(ModelLocations.Find("MODEL", parsed.GetRequiredValue(model)), parsed.GetRequiredValue(data), target, options, cancellationToken));
        });
        return command;
    }

    private static int Run(string model, string data, string output, FineTuningOptions options, CancellationToken cancellationToken)
    {
        torch.set_num_threads(Environment.ProcessorCount);
        var tuner = new FineTuner(model, options);
        using (var encoding = new LineProgress("encoding clips")) tuner.Encode(data, (done, of) => encoding.Show(done, of), cancellationToken);
        bool finished;
        using (var line = new TrainingLine("step")) finished = tuner.Train(line, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (!finished)
        {
            Console.WriteLine($"stopped at the time limit; the same command goes on from {options.Folder}");
            return ExitCode.Done;
        }

        tuner.Export(output, Path.GetFileName(output));
        Console.WriteLine($"{output}: trained for {options.Steps} steps; the loss is drawn in {Path.Combine(output, "loss.svg")}");
        return ExitCode.Done;
    }

    private static void Require(string option, double value, Func<double, bool> good, string range)
    {
        if (!good(value)) throw new BadInputException(option, string.Create(CultureInfo.InvariantCulture, $"expected a number {range}, got {value}"));
    }
}
