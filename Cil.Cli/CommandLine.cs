using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Cil.Cli.Checks;
using Cil.Cli.Datasets;
using Cil.Cli.Evaluation;
using Cil.Cli.Jobs;
using Cil.Cli.Keys;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Cli.Render;
using Cil.Cli.Serve;
using Cil.Cli.Statistics;
using Cil.Cli.Training;
using Cil.Cli.Webhooks;
using Cil.Rendering.Devices;

namespace Cil.Cli;

/// <summary>All commands of the `cil` program, and what becomes of their errors.</summary>
internal static class CommandLine
{
    // A step of a large model must be able to end before the process is taken down.
    private static readonly TimeSpan CancellationGrace = TimeSpan.FromSeconds(60);

    // A prompt or a file's name may begin with '@'; it is not the name of a file with more arguments.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null };

    /// <returns>The exit code: see <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        RootCommand root = Build();
        ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args, Parser);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal)) Complain(message);
            await Console.Error.WriteLineAsync($"'cil {string.Join(' ', CommandsOf(parsed).Append("--help"))}' lists what there is.");
            return ExitCode.BadInput;
        }

        using var hangUp = HangUp.Watch(isServing: parsed.CommandResult.Command.Name == ServeCommand.Name);
        try
        {
            TimeSpan? grace = parsed.CommandResult.Command.Name == ServeCommand.Name ? null : CancellationGrace;
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = grace }, hangUp.Token);
        }
        catch (OperationCanceledException)
        {
            Complain("cancelled");
            return hangUp.Token.IsCancellationRequested ? ExitCode.HungUp : ExitCode.Cancelled;
        }
        catch (Exception error) when (BadInput.Explain(error) is { } message)
        {
            Complain(message);
            return ExitCode.BadInput;
        }
        catch (Exception error) when (error is CommandFailedException or DeviceLostException)
        {
            Complain(error.Message);
            return ExitCode.Failed;
        }
    }

    internal static RootCommand Build() => new("Turns a still image and a prompt into a video, on a grid of devices.")
    {
        RenderCommand.Build(),
        ServeCommand.Build(),
        JobsCommand.Build(),
        BatchCommand.Build(),
        BatchCommand.BuildList(),
        WatchCommand.Watch(),
        WatchCommand.Resume(),
        PauseCommand.Pause(),
        PauseCommand.Unpause(),
        JobCommand.Cancel(),
        JobCommand.Retry(),
        JobCommand.Approve(),
        JobCommand.Reject(),
        JobCommand.Priority(),
        JobCommand.Delete(),
        ModelsCommand.Build(),
        CheckCommand.Build(),
        DatasetCommand.Build(),
        TrainCommand.Build(),
        EvalCommand.Build(),
        StatsCommand.Build(),
        KeysCommand.Build(),
        TenantsCommand.Build(),
        WebhooksCommand.Build(),
    };

    private static void Complain(string message) => Console.Error.WriteLine($"cil: {message}");

    private static Stack<string> CommandsOf(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (CommandResult? at = parsed.CommandResult; at?.Parent is not null; at = at.Parent as System.CommandLine.Parsing.CommandResult)
            names.Push(at.Command.Name);
        return names;
    }
}
