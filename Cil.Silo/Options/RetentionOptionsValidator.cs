using Cil.Grains.Jobs;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class RetentionOptionsValidator : OptionsValidator<RetentionOptions>
{
    // Ten thousand days: any time since a job's end stays a date.
    private static readonly TimeSpan Most = TimeSpan.FromDays(10_000);

    internal override IEnumerable<RequestError> Errors(RetentionOptions options)
    {
        if (options.Keep < TimeSpan.Zero || options.Keep > Most)
            yield return new RequestError(nameof(options.Keep), $"0 (never) to {Most}, got {options.Keep}");
        if (options.Approval <= TimeSpan.Zero || options.Approval > Most)
            yield return new RequestError(nameof(options.Approval), $"above 0 and at most {Most}, got {options.Approval}");
        foreach (RequestError error in AboveZero((nameof(options.KeepEarlyCancels), options.KeepEarlyCancels))) yield return error;
        foreach (RequestError error in AtLeastOne((nameof(options.MaxEarlyCancels), options.MaxEarlyCancels))) yield return error;
    }
}
