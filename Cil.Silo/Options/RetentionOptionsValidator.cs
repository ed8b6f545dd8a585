using Cil.Grains.Jobs;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class RetentionOptionsValidator : OptionsValidator<RetentionOptions>
{
    internal override IEnumerable<RequestError> Faults(RetentionOptions options) =>
        options.Keep <= TimeSpan.Zero ? [new RequestError(nameof(options.Keep), $"above zero, or nothing, got {options.Keep}")] : [];
}
