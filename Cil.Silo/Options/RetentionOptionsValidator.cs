using Cil.Grains.Jobs;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class RetentionOptionsValidator : OptionsValidator<RetentionOptions>
{
    internal override IEnumerable<RequestFault> Faults(RetentionOptions options) =>
        options.Keep <= TimeSpan.Zero ? [new RequestFault(nameof(options.Keep), $"above zero, or nothing, got {options.Keep}")] : [];
}
