using System.CommandLine;
using System.CommandLine.Parsing;
using Cil.Diffusion.Devices;
using static TorchSharp.torch;

namespace Cil.Cli.Options;

/// <summary>`--device`: the processor or a GPU, for commands that compute by themselves and not through the grid.</summary>
/// <param name="what">What is done there.</param>
/// <param name="standard">The device where none is given; null for the first GPU, or the processor where there is none.</param>
internal sealed class DeviceOption(string what, string? standard = null)
{
    private const string Name = "--device";

    internal Option<string?> Option { get; } = new(Name)
    {
        Description = $"{what}: cpu, or cuda:N (default: {standard ?? "the first GPU, else cpu"})",
    };

    /// <exception cref="BadInputException">There is no such device.</exception>
    internal Device Read(ParseResult parsed)
    {
        string? given = parsed.GetValue(Option) ?? standard;
        return DeviceCatalog.TryFind(given, out string[] known)
            ?? throw new BadInputException(
                Name, $"expected {string.Join(" or ", known)}{(known.Length == 1 ? ": libtorch sees no GPU here" : "")}; got '{given}'");
    }
}
