using System.CommandLine;
using System.Globalization;
using Cil.Cli.Options;
using Cil.Evaluation.Conformance;

namespace Cil.Cli.Checks;

/// <summary>`cil check`: does a component give what was stored?</summary>
internal static class CheckCommand
{
    public static Command Build()
    {
        var folders = new Argument<string[]>("FOLDER")
        {
            Description = "folders with config.json, io.safetensors and weights.safetensors",
            Arity = ArgumentArity.OneOrMore,
        };
        var merges = new Option<FileInfo?>("--merges")
        {
            Description = "for cases of the tokenizer: bpe_simple_vocab_16e6.txt.gz of the open_clip package",
        };
        Option<double> tolerance = Values.Number(
            "--tolerance", "largest relative difference that passes, in parts of an output's largest value",
            ConformanceCheck.DefaultTolerance);
        var device = new DeviceOption("where components compute", "cpu");
        var command = new Command(
            "check",
            "Runs networks, samplers, whole loops or training steps on stored inputs and compares with stored outputs.")
        {
            folders, tolerance, merges, device.Option,
        };
        command.SetAction(parsed =>
        {
            double allowed = parsed.GetValue(tolerance);
            if (allowed < 0)
            {
                throw new BadInputException(
                    "--tolerance", string.Create(CultureInfo.InvariantCulture, $"expected 0 or more, got {allowed}"));
            }

            TorchSharp.torch.Device on = device.Read(parsed);
            bool passed = true;
            int unread = 0;
            foreach (string folder in parsed.GetRequiredValue(folders))
            {
                try
                {
                    ConformanceReport report = ConformanceCheck.Run(folder, allowed, parsed.GetValue(merges)?.FullName, on);
                    Print(report);
                    passed &= report.Passed;
                }
                catch (Exception error) when (BadInput.Explain(error) is not null)
                {
                    // The others can be checked all the same.
                    Console.Error.WriteLine($"cil: {BadInput.Explain(error)}");
                    unread++;
                }
            }

            return unread > 0 ? ExitCode.BadInput : passed ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static void Print(ConformanceReport report)
    {
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{report.Folder}: {report.Component}, tolerance {report.Tolerance:G3}"));
        int width = report.Outputs.Max(output => output.Name.Length);
        Console.WriteLine($"  {"output".PadRight(width)}  {"shape",-16} {"absolute",10} {"relative",10} {"allowed",10}");
        foreach (ConformanceOutput output in report.Outputs)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {output.Name.PadRight(width)}  {string.Join('x', output.Shape),-16} {output.LargestAbsolute,10:G3} "
                    + $"{output.LargestRelative,10:G3} {output.Allowed,10:G3}  {(output.Passed ? "passed" : $"FAILED {output.Fault}")}"));
        }

        if (report.NotCompared.Count > 0) Console.WriteLine($"  not compared: {string.Join(", ", report.NotCompared)}");
    }
}
