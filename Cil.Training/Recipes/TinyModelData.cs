using Cil.Training.Datasets;
using Cil.Training.Trainers;
using static TorchSharp.torch;

namespace Cil.Training.Recipes;

/// <summary>The clips that cil-tiny learns from.</summary>
internal sealed class TinyModelData(SpriteAssets assets, TinyModelOptions options)
{
    private const int FrameBytes = TinyModel.Size * TinyModel.Size * 3;
    private const int FittedPictures = 800;

    private readonly Lazy<byte[][]> decoderClips = new(() => Frames(assets, options, options.Plan.DecoderClips));

    /// <summary>Clips in the motions that the model is taught.</summary>
    public List<SpriteClip> Clips() => Draw(options.Plan.Clips, options.Seed, options.Plan.Motions);

    /// <summary>Captions of all motions that there are words for, with their class.</summary>
    public List<(string Caption, long Class)> Captions() =>
        Draw(options.Plan.Captions, options.Seed + 1, options.Plan.Words).ConvertAll(c => (c.Caption, (long)c.Motion));

    /// <summary>Pictures to fit the principal components to, (N, 3, H, W).</summary>
    public Tensor Sample()
    {
        byte[] frames = Draw(FittedPictures, options.Seed, options.Plan.Motions)
            .SelectMany((c, i) => c.Frames.AsSpan(i % TinyModel.Frames * FrameBytes, FrameBytes).ToArray()).ToArray();
        return ClipEncoder.Pixels(frames, FittedPictures, TinyModel.Size, TinyModel.Size);
    }

    /// <summary>
    /// Pictures of one decoder step: quarter pictures mostly, since they teach as much at a quarter of the price, and whole
    /// ones every fourth step.
    /// </summary>
    public Tensor DecoderPictures(long step)
    {
        var random = new SpriteRandom(options.Seed + 3, (ulong)step);
        (int side, int count) = step % 4 == 3
            ? (TinyModel.Size, options.Plan.DecoderPictures)
            : (TinyModel.Size / 2, 4 * options.Plan.DecoderPictures);
        byte[] bytes = new byte[count * side * side * 3];
        for (int i = 0; i < count; i++)
        {
            byte[] clip = decoderClips.Value[random.Index(options.Plan.DecoderClips)];
            int frame = random.Index(TinyModel.Frames);
            // On the grid of the patches, as all that is ever encoded.
            int places = ((TinyModel.Size - side) / PrincipalEncoder.Patch) + 1;
            (int x, int y) = (PrincipalEncoder.Patch * random.Index(places), PrincipalEncoder.Patch * random.Index(places));
            for (int row = 0; row < side; row++)
            {
                int from = (((frame * TinyModel.Size) + y + row) * TinyModel.Size) + x;
                Array.Copy(clip, from * 3, bytes, ((i * side) + row) * side * 3, side * 3);
            }
        }

        return ClipEncoder.Pixels(bytes, count, side, side);
    }

    private static byte[][] Frames(SpriteAssets assets, TinyModelOptions options, int count) =>
        [.. new TinyModelData(assets, options).Draw(count, options.Seed + 2, options.Plan.Words).Select(c => c.Frames)];

    private List<SpriteClip> Draw(int count, ulong seed, IReadOnlyList<SpriteMotion> motions)
    {
        var dataset = new SpriteDataset(
            assets,
            new SpriteOptions
            {
                Seed = seed, Motions = motions, Grounds = options.Plan.Grounds, Frames = TinyModel.Frames, Size = TinyModel.Size,
            });
        return [.. Enumerable.Range(0, count).AsParallel().AsOrdered().Select(i => dataset.Draw(i))];
    }
}
