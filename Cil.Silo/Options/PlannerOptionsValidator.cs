using Cil.Grains.Chunks;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class PlannerOptionsValidator : OptionsValidator<PlannerOptions>
{
    internal override IEnumerable<RequestError> Errors(PlannerOptions options) => AtLeastOne(
        (nameof(options.Threads), options.Threads),
        (nameof(options.StepsPerChunk), options.StepsPerChunk),
        (nameof(options.FramesPerDecode), options.FramesPerDecode));
}
