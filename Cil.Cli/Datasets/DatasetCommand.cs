using System.CommandLine;
using System.Globalization;
using Cil.Cli.Options;
using Cil.Media.Clips;
using Cil.Media.Images;
using Cil.Training.Datasets;
using Cil.Training.World;

namespace Cil.Cli.Datasets;

/// <summary>`cil dataset sprites`: clips of emoji in motion with captions, to train on and to measure with.</summary>
internal static class DatasetCommand
{
    private const int SheetClips = 8, SheetFrames = 8;

    /// <summary>Of the small world, by what they are for (docs/science.md).</summary>
    private static readonly Dictionary<string, Func<SpriteAssets, ulong, int, SpriteDataset>> Worlds = new(StringComparer.Ordinal)
    {
        ["base"] = WorldClips.Base, ["fine-tuning"] = WorldClips.Web, ["evaluation"] = WorldClips.Evaluation,
    };

    public static Command Build()
    {
        var folder = new Argument<string>("FOLDER") { Description = "where the clips go; clips that are there already are kept" };
        Option<int> count = Values.Whole("--count", "clips", 100, 1, 10_000_000);
        Option<ulong?> seed = Values.Seed("the same seed draws the same clips (default 1)");
        Option<string> split = Values.Text("--split", "train, or held-out: emoji and photographs that training never shows", "train");
        Option<string> motions = Values.Text(
            "--motions", $"directions, all, or some of {string.Join(", ", SpriteMotions.All)}", "directions");
        var world = new Option<string?>("--world")
        {
            Description = "a data set of the small world, which says split, motions, their strengths, grounds and size: "
                + $"{string.Join(", ", Worlds.Keys)}",
        };
        Option<int> size = Values.Whole("--size", "width and height in pixels", 64, 16, 512);
        Option<int> frames = Values.Whole("--frames", "frames of a clip", 16, 2, 256);
        Option<int> fps = Values.Whole("--fps", "frames a second of the files", 8, 1, 120);
        var inputs = new SpriteInputs();
        var sprites = new Command("sprites", "Draws clips of emoji that move over plain, shaded, textured and photographic grounds.")
        {
            folder, count, seed, split, motions, world, size, frames, fps,
        };
        inputs.AddTo(sprites);
        sprites.SetAction(async (parsed, cancellationToken) =>
        {
            SpriteSplit half = parsed.GetRequiredValue(split) switch
            {
                "train" => SpriteSplit.Train,
                "held-out" => SpriteSplit.HeldOut,
                var other => throw new BadInputException("--split", $"expected train or held-out, got '{other}'"),
            };
            IReadOnlyList<SpriteMotion> moves = SpriteInputs.Motions("--motions", parsed.GetRequiredValue(motions));
            Func<SpriteAssets, ulong, int, SpriteDataset>? draws = null;
            if (parsed.GetValue(world) is { } named && !Worlds.TryGetValue(named, out draws))
                throw new BadInputException("--world", $"expected {string.Join(", ", Worlds.Keys)}, got '{named}'");
            ulong drawn = parsed.GetValue(seed) ?? 1;
            SpriteAssets assets = await inputs.LoadAsync(parsed, cancellationToken);
            SpriteDataset dataset = draws is not null
                ? draws(assets, drawn, parsed.GetValue(frames))
                : new SpriteDataset(assets, new SpriteOptions
                {
                    Seed = drawn, Split = half, Motions = moves, Size = parsed.GetValue(size), Frames = parsed.GetValue(frames),
                });
            await WriteAsync(dataset, parsed.GetRequiredValue(folder), parsed.GetValue(count), parsed.GetValue(fps), cancellationToken);
            return ExitCode.Done;
        });
        return new Command("dataset", "Makes data sets.") { sprites };
    }

    private static async Task WriteAsync(SpriteDataset dataset, string folder, int count, int fps, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var entries = new ClipList.Entry[count];
        using var progress = new LineProgress("drawing");
        int done = 0;
        await Parallel.ForAsync(0, count, cancellationToken, async (index, stop) =>
        {
            SpriteClip clip = dataset.Draw(index);
            string name = string.Create(CultureInfo.InvariantCulture, $"clip-{index:D6}.mp4"), path = Path.Combine(folder, name);
            entries[index] = new ClipList.Entry(name, clip.Caption, clip.Motion.ToString());
            if (!File.Exists(path))
            {
                using var file = new OutputFile("FOLDER", path);
                await file.WriteAsync(await VideoEncoder.EncodeAsync(clip.Frames, clip.Size, clip.Size, fps, "mp4", stop), stop);
            }

            progress.Show(Interlocked.Increment(ref done), count);
        });
        ClipList.Write(folder, entries);
        await SheetAsync(dataset, Path.Combine(folder, "sheet.png"), count, cancellationToken);
        progress.Dispose();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{folder}: {count} clips of {dataset.Options.Frames} frames, {dataset.Options.Size}x{dataset.Options.Size}; captions in "
                + $"{ClipList.FileName}, some to look at in sheet.png"));
    }

    // The first clips, a row each.
    private static async Task SheetAsync(SpriteDataset dataset, string path, int count, CancellationToken cancellationToken)
    {
        int rows = Math.Min(SheetClips, count), size = dataset.Options.Size, columns = Math.Min(SheetFrames, dataset.Options.Frames);
        var sheet = new FrameSheet(size, size, columns, rows);
        for (int row = 0; row < rows; row++)
        {
            SpriteClip clip = dataset.Draw(row);
            for (int column = 0; column < columns; column++)
                sheet.Set(row, column, clip.Frames, column * (dataset.Options.Frames - 1) / Math.Max(1, columns - 1));
        }

        await File.WriteAllBytesAsync(path, sheet.ToPng(), cancellationToken);
    }
}
