using System.CommandLine;
using Cil.Cli.Options;
using Cil.Training.Datasets;

namespace Cil.Cli.Datasets;

/// <summary>The options of every command that draws sprite clips.</summary>
internal sealed class SpriteInputs
{
    private readonly Option<string?> emoji = new("--emoji")
    {
        Description = "the unpacked npm package emoji-datasource-google (default: fetched once into the cache)",
    };
    private readonly Option<string?> photographs = new("--photographs")
    {
        Description =
            $"a folder of JPEG files for grounds (default: {SpriteAssets.DefaultPhotographs}, of the Debian package mate-backgrounds)",
    };

    internal void AddTo(Command command)
    {
        command.Options.Add(emoji);
        command.Options.Add(photographs);
    }

    internal async Task<SpriteAssets> LoadAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        SpriteAssets.Load(
            await EmojiSource.FindAsync(parsed.GetValue(emoji), cancellationToken),
            parsed.GetValue(photographs) ?? SpriteAssets.DefaultPhotographs);

    /// <summary>"directions", "all", or names with commas between.</summary>
    internal static IReadOnlyList<SpriteMotion> Motions(string option, string text) => text switch
    {
        "directions" => SpriteMotions.Directions,
        "all" => SpriteMotions.All,
        _ => [.. text.Split(',')
            .Select(name => Enum.TryParse(name.Trim(), ignoreCase: true, out SpriteMotion motion) && Enum.IsDefined(motion)
                ? motion
                : throw new BadInputException(
                    option, $"expected directions, all, or some of {string.Join(", ", SpriteMotions.All)}; got '{name}'"))],
    };
}
