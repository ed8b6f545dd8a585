using Cil.Interfaces.Chunks;

namespace Cil.Grains.Queue;

/// <summary>The device time of recent chunks: an exponentially weighted mean for each model and kind of chunk.</summary>
internal sealed class ChargeEstimate(QueueOptions options)
{
    private readonly Dictionary<(string Model, ChunkKind Kind), double> means = [];

    /// <summary>Seconds.</summary>
    internal double Of(string model, ChunkKind kind) =>
        means.TryGetValue((model, kind), out double mean) ? mean : options.FirstCharge.TotalSeconds;

    /// <summary>The longest of the means of a model's kinds, in seconds.</summary>
    internal double LongestOf(string model)
    {
        double longest = 0;
        bool isKnown = false;
        for (ChunkKind kind = ChunkKind.Denoise; kind <= ChunkKind.Predict; kind++)
        {
            if (!means.TryGetValue((model, kind), out double mean)) continue;
            (longest, isKnown) = (Math.Max(longest, mean), true);
        }

        return isKnown ? longest : options.FirstCharge.TotalSeconds;
    }

    internal void Add(string model, ChunkKind kind, double seconds) => means[(model, kind)] =
        means.TryGetValue((model, kind), out double mean) ? mean + (options.ChargeWeight * (seconds - mean)) : seconds;
}
