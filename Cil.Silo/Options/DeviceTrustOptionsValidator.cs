using Cil.Grains.Workers;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class DeviceTrustOptionsValidator : OptionsValidator<DeviceTrustOptions>
{
    internal override IEnumerable<RequestFault> Faults(DeviceTrustOptions options) =>
    [
        .. AtLeastOne((nameof(options.FailedJobs), options.FailedJobs)),
        .. AboveZero((nameof(options.SetAside), options.SetAside)),
        .. options.LongestSetAside >= options.SetAside ? [] : (RequestFault[])[new RequestFault(nameof(options.LongestSetAside), $"SetAside ({options.SetAside}) or more, got {options.LongestSetAside}")],
    ];
}
