using Cil.Diffusion.Pipelines;
using Cil.Diffusion.Randomness;
using Cil.Training.Datasets;
using Cil.Training.World;
using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Leakage;

/// <summary>
/// The most that noise still tells: the generator draws a scene in every motion and strength, so that the mean over them,
/// each weighed by how well it explains the noisy latents, is E[x0 | x_t, c] of the data that the base model learned, but for
/// the steps of the strengths.
/// </summary>
public static class BayesDenoiser
{
    private const int Strengths = 16;

    /// <summary>R* for the noisy latents that <see cref="LeakageTrials"/> gives a network.</summary>
    /// <param name="pipeline">Encodes the clips as it does there.</param>
    /// <param name="dataset">Of <see cref="SpriteStrength.Evaluation"/>.</param>
    /// <param name="prior">What strengths the scenes have before anything of the video is seen: those of the training data.</param>
    /// <param name="count">Clips.</param>
    public static IReadOnlyList<LeakagePoint> Run(
        VideoPipeline pipeline, WorldEncoder encoder, SpriteDataset dataset,
        SpriteStrength prior, int count, IReadOnlyList<int> starts, ulong seed)
    {
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        var sums = new (double Along, double Motion)[starts.Count, count];
        for (int i = 0; i < count; i++)
        {
            using DisposeScope turn = NewDisposeScope();
            SpriteClip clip = dataset.Draw(i);
            Tensor clean = pipeline.EncodeClip(clip.Frames, clip.FrameCount, clip.Size, clip.Size, seed, i).unsqueeze(0).cpu(),
                still = clean.narrow(2, 0, 1).expand(clean.shape);
            (Tensor scenes, double[] weights) = Scenes(encoder, dataset, prior, i);
            Tensor logPrior = tensor(weights).log();
            for (int at = 0; at < starts.Count; at++)
            {
                (double signal, double noise) = pipeline.Manifest.Marginal(starts[at]);
                Tensor noisy = (clean * signal) + (CounterNoise.Draw(seed, i, NoisePurpose.Start, starts[at], clean.shape) * noise);
                // A clip's latents are a sample about the scene's mean: its variance adds to the noise.
                double variance = (noise * noise) + (signal * signal * encoder.Variance);
                Tensor fit = (noisy - (scenes * signal)).to(float64).square().sum([1, 2, 3, 4]) / (-2 * variance); // (K)
                Tensor posterior = (fit + logPrior).softmax(0).to(float32).view(-1, 1, 1, 1, 1);
                Tensor expected = (scenes * posterior).sum([0], keepdim: true);
                sums[at, i] = (((expected - still) * (clean - still)).sum().ToDouble(), (clean - still).square().sum().ToDouble());
            }
        }

        return [.. starts.Select((start, at) =>
        {
            (double signal, double noise) = pipeline.Manifest.Marginal(start);
            (double Along, double Motion)[] clips = [.. Enumerable.Range(0, count).Select(i => sums[at, i])];
            return new LeakagePoint(start, 2 * Math.Log(
                signal / noise), clips.Sum(clip => clip.Along) / clips.Sum(clip => clip.Motion), double.NaN) { Clips = clips };
        })];
    }

    // The scene of a clip standing still and in each motion, at even shares of the strengths: (K, C, T, h, w), and their
    // prior probabilities.
    private static (Tensor Scenes, double[] Weights) Scenes(WorldEncoder encoder, SpriteDataset dataset, SpriteStrength prior, int clip)
    {
        List<Tensor> scenes = [encoder.Mean(dataset.Draw(clip, strength: 0))];
        List<double> weights = [prior.Still];
        SpriteMotion[] motions = [.. dataset.Options.Motions.Distinct()];
        foreach (SpriteMotion motion in motions)
        {
            for (int k = 0; k < Strengths; k++)
            {
                scenes.Add(encoder.Mean(dataset.Draw(clip, motion, prior.At((k + 0.5) / Strengths))));
                weights.Add((1 - prior.Still) / (motions.Length * Strengths));
            }
        }

        return (stack(scenes), [.. weights]);
    }
}
