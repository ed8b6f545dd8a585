using Cil.Interfaces.Chunks;

namespace Cil.Grains.Queue;

/// <summary>How long chunks of a model took lately: an exponentially weighted mean for each kind of chunk.</summary>
internal sealed class ChargeEstimate(QueueOptions options)
{
    private readonly Dictionary<(string Model, ChunkKind Kind), double> means = [];

    /// <summary>Seconds.</summary>
    internal double Of(string model, ChunkKind kind) => means.TryGetValue((model, kind), out double mean) ? mean : options.FirstCharge.TotalSeconds;

    /// <summary>Of the model's kinds, the one that takes longest.</summary>
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
