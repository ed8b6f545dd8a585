using Cil.Grains.Devices;
using Cil.Interfaces.Jobs;

namespace Cil.Silo.Hosting;

internal sealed class DeviceTrustOptionsValidator : OptionsValidator<DeviceTrustOptions>
{
    internal override IEnumerable<RequestFault> Faults(DeviceTrustOptions options) =>
    [
        .. AtLeastOne((nameof(options.FailedJobs), options.FailedJobs)),
        .. AboveZero((nameof(options.SetAside), options.SetAside)),
        .. options.LongestSetAside >= options.SetAside ? [] : (RequestFault[])[new RequestFault(nameof(options.LongestSetAside), $"SetAside ({options.SetAside}) or more, got {options.LongestSetAside}")],
    ];
}
