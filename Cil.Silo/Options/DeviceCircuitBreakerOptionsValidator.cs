using Cil.Grains.Workers;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class DeviceCircuitBreakerOptionsValidator : OptionsValidator<DeviceCircuitBreakerOptions>
{
    internal override IEnumerable<RequestError> Errors(DeviceCircuitBreakerOptions options) =>
    [
        .. AtLeastOne((nameof(options.FailedJobs), options.FailedJobs)),
        .. AboveZero((nameof(options.Quarantine), options.Quarantine)),
        .. options.MaxQuarantine >= options.Quarantine
            ? []
            : (RequestError[])[
                new RequestError(nameof(options.MaxQuarantine), $"Quarantine ({options.Quarantine}) or more, got {options.MaxQuarantine}"),
            ],
    ];
}
