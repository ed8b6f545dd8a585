using System.CommandLine;
using Cil.Cli.Options;
using Cil.Diffusion.Checkpoints.Files;
using static TorchSharp.torch;

namespace Cil.Cli.Evaluation;

/// <summary>An option that names a file of a network's weights, and options of files that are needed with it.</summary>
/// <param name="name">As the user writes it.</param>
/// <param name="open">Reads the files, in the order of the options, onto a device.</param>
/// <param name="more">The other files' options.</param>
internal sealed class NetworkOption<T>(
    string name, string description, Func<string[], Device, T> open, params (string Name, string Description)[] more)
    where T : class
{
    private readonly Option<string?>[] options =
    [
        new(name) { Description = description },
        .. more.Select(other => new Option<string?>(other.Name) { Description = other.Description }),
    ];

    internal string Name => name;

    internal void AddTo(Command command)
    {
        foreach (Option<string?> option in options) command.Options.Add(option);
    }

    internal bool IsGiven(ParseResult parsed) => options.Any(option => parsed.GetValue(option) is not null);

    /// <returns>Null where none of the options is given.</returns>
    /// <exception cref="BadInputException">One of the files is not given or not there, or its tensors are not the network's.</exception>
    internal T? Open(ParseResult parsed, Device device)
    {
        if (!IsGiven(parsed)) return null;
        string[] files = [.. options.Select(option => File(option, parsed))];
        try
        {
            return open(files, device);
        }
        catch (CheckpointException error)
        {
            throw new BadInputException(name, error.Message);
        }
    }

    private string File(Option<string?> option, ParseResult parsed)
    {
        if (parsed.GetValue(option) is not { } file)
        {
            throw new BadInputException(
                option.Name, $"is needed with {string.Join(" and ", options.Except([option]).Select(other => other.Name))}");
        }

        return System.IO.File.Exists(file) ? file : throw new BadInputException(option.Name, $"there is no file {file}");
    }
}
