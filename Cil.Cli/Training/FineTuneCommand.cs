using System.CommandLine;
using System.Globalization;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Diffusion.Devices;
using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Pipelines.LatentVideo;
using Cil.Diffusion.TimeNoise;
using Cil.Training.FineTuning;
using Cil.Training.Losses;
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
        Option<string> method = Values.Text(
            "--method", "naive, or timenoise: noise on the conditional image that grows with time (the CIL paper, section 3.2)",
            "timenoise");
        var work = new Option<string?>("--work")
        {
            Description = "folder of the run: encoded clips, checkpoint, loss (default: the output's name with .training)",
        };
        Option<int> steps = Values.Whole("--steps", "steps", 1000, 1, int.MaxValue);
        Option<int> batch = Values.Whole("--batch", "clips a step", 4, 1, 4096);
        Option<double> rate = Values.Number("--learning-rate", "AdamW's learning rate", 1e-5);
        Option<int> warmUp = Values.Whole("--warm-up", "steps until the learning rate is reached", 20, 0, int.MaxValue);
        Option<double> ema = Values.Number("--ema", "decay of the weights' moving average, from 0 below 1", 0.999);
        Option<double?> betaM = Values.Number(
            "--beta-m",
            "timenoise: the largest noise, in units of the latents (default: 100; 15 for Stable "
                + "Video Diffusion, whose conditional latents are not scaled)");
        Option<double> bucket = Values.Number(
            "--motion-bucket", "Stable Video Diffusion: the motion bucket that it is told in training", 20);
        Option<double> a = Values.Number("--a", "timenoise: how late in time the noise rises", 5);
        Option<double> muMax = Values.Number(
            "--mu-max",
            "timenoise: how much the noise grows with time; 1 in the paper, 4 in the code that was published for VideoCrafter1",
            1);
        var tokenNoise = new Option<ImageTokenNoise?>("--token-noise")
        {
            Description = "timenoise, on the image's tokens: none, add or replace (default: replace; add for VideoCrafter1)",
        };
        var conditionFrame = new Option<ConditionFrame?>("--condition-frame")
        {
            Description = "the frame that the model is told: first or random (default: as the model was trained)",
        };
        Option<int> strides = Values.Whole("--max-stride", "strides between frames are drawn from 1 to this", 6, 1, 100);
        Option<int> takes = Values.Whole("--takes", "how often each clip is drawn, with a stride and a beginning of its own", 1, 1, 1000);
        Option<int?> lora = Values.Whole(
            "--lora",
            "train a LoRA of this rank, from 1 to 256, of the attentions' projections, in the place of the whole network ('cil "
                + "render --lora' takes it)");
        Option<ulong?> seed = Values.Seed("seed of everything that is drawn (default 1)");
        Option<double?> minutes = Values.Number("--minutes", "stop after so long; the same command goes on from there (default: no limit)");
        var device = new DeviceOption("where it is trained");
        var float32 = new Option<bool>("--float32") { Description = "compute in float32 instead of bfloat16" };
        var command = new Command("finetune", "Fine-tunes a model on a folder of clips.")
        {
            model, data, output, method, work, steps, batch, rate, warmUp, ema, bucket, betaM, a, muMax,
            tokenNoise, conditionFrame, strides, takes, lora, seed, minutes, float32, device.Option,
        };
        command.SetAction((parsed, cancellationToken) =>
        {
            string chosen = parsed.GetRequiredValue(method), target = parsed.GetRequiredValue(output).TrimEnd('/');
            if (!Methods.Contains(chosen))
                throw new BadInputException("--method", $"expected {string.Join(" or ", Methods)}, got '{chosen}'");
            string folder = ModelLocations.Find("MODEL", parsed.GetRequiredValue(model)),
                family = ModelLocations.Read("MODEL", folder).Family;
            double largest = parsed.GetValue(betaM) ?? (family == FamilyName.StableVideoDiffusion ? 15 : 100);
            Require("--learning-rate", parsed.GetValue(rate), value => value > 0, "above 0");
            Require("--ema", parsed.GetValue(ema), value => value is >= 0 and < 1, "from 0 to below 1");
            Require("--beta-m", largest, value => value > 0, "above 0");
            Require("--a", parsed.GetValue(a), value => value > 0, "above 0");
            Require("--mu-max", parsed.GetValue(muMax), value => value >= 0, "of 0 or more");
            if (parsed.GetValue(lora) is { } rank and (< 1 or > 256))
            {
                throw new BadInputException(
                    "--lora", string.Create(CultureInfo.InvariantCulture, $"expected a rank from 1 to 256, got {rank}"));
            }

            var options = new FineTuningOptions
            {
                Folder = parsed.GetValue(work) ?? $"{target}.training",
                TimeNoise = chosen == "timenoise" ? new TimeNoiseDistribution(largest, parsed.GetValue(a), parsed.GetValue(muMax)) : null,
                TokenNoise = parsed.GetValue(tokenNoise)
                    ?? (family == FamilyName.VideoCrafter1 ? ImageTokenNoise.Add : ImageTokenNoise.Replace),
                ConditionFrame = parsed.GetValue(conditionFrame),
                MotionBucket = parsed.GetValue(bucket),
                MaxStride = parsed.GetValue(strides),
                Takes = parsed.GetValue(takes),
                Device = device.Read(parsed),
                LoraRank = parsed.GetValue(lora),
                Seed = parsed.GetValue(seed) ?? 1,
                Steps = parsed.GetValue(steps),
                Batch = parsed.GetValue(batch),
                LearningRate = parsed.GetValue(rate),
                WarmUp = parsed.GetValue(warmUp),
                EmaDecay = parsed.GetValue(ema),
                BFloat16 = !parsed.GetValue(float32),
                TimeLimit = parsed.GetValue(minutes) is { } limit ? TimeSpan.FromMinutes(limit) : null,
            };
            return Task.FromResult(Run(folder, parsed.GetRequiredValue(data), target, options, cancellationToken));
        });
        return command;
    }

    private static int Run(string model, string data, string output, FineTuningOptions options, CancellationToken cancellationToken)
    {
        using IDisposable sharing = SpinThrottle.Watch();
        torch.set_num_threads(Environment.ProcessorCount);
        FineTuner tuner = FineTuner.Of(model, options);
        using (var encoding = new LineProgress("encoding clips"))
            tuner.Encode(data, (done, of) => encoding.Show(done, of), cancellationToken);
        bool finished;
        using (var line = new TrainingLine("step")) finished = tuner.Train(line, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        if (!finished)
        {
            Console.WriteLine($"stopped at the time limit; the same command goes on from {options.Folder}");
            return ExitCode.Done;
        }

        tuner.Export(output, Path.GetFileName(output));
        Console.WriteLine(
            $"{(options.LoraRank is null ? output : Path.Combine(output, FineTuner.LoraFile))}: trained for {options.Steps} steps; "
                + $"the loss is drawn in {Path.Combine(output, "loss.svg")}");
        return ExitCode.Done;
    }

    private static void Require(string option, double value, Func<double, bool> good, string range)
    {
        if (!good(value))
            throw new BadInputException(option, string.Create(CultureInfo.InvariantCulture, $"expected a number {range}, got {value}"));
    }
}
