using Cil.Grains.Leases;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class LeaseOptionsValidator : OptionsValidator<LeaseOptions>
{
    internal override IEnumerable<RequestError> Errors(LeaseOptions options) =>
    [
        .. AboveZero(
            (nameof(options.Ask), options.Ask), (nameof(options.Silence), options.Silence), (nameof(options.Stall), options.Stall),
            (nameof(options.Check), options.Check), (nameof(options.Keep), options.Keep)),
        .. AtLeastOne(
            (nameof(options.MaxAttempts), options.MaxAttempts),
            (nameof(options.MaxStorageAttempts), options.MaxStorageAttempts),
            (nameof(options.MaxOutOfMemory), options.MaxOutOfMemory), (nameof(options.MaxLosses), options.MaxLosses)),
    ];
}
