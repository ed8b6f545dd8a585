using Cil.Grains.Chunks;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class PlannerOptionsValidator : OptionsValidator<PlannerOptions>
{
    private static readonly string[] Precisions = ["float32", "bfloat16"];

    internal override IEnumerable<RequestError> Faults(PlannerOptions options)
    {
        foreach (RequestError fault in AtLeastOne(
            (nameof(options.Threads), options.Threads), (nameof(options.StepsPerChunk), options.StepsPerChunk), (nameof(options.FramesPerDecode), options.FramesPerDecode)))
            yield return fault;
        if (!Precisions.Contains(options.Precision)) yield return new RequestError(nameof(options.Precision), $"{string.Join(" or ", Precisions)}, got '{options.Precision}'");
    }
}
