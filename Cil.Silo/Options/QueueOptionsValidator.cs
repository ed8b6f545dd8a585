using Cil.Grains.Queue;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class QueueOptionsValidator : OptionsValidator<QueueOptions>
{
    internal override IEnumerable<RequestError> Faults(QueueOptions options) =>
    [
        .. AboveZero(
            (nameof(options.FirstCharge), options.FirstCharge), (nameof(options.RetryAfter), options.RetryAfter),
            (nameof(options.WorkerSilence), options.WorkerSilence), (nameof(options.Sweep), options.Sweep)),
        .. NotNegative(
            (nameof(options.PriorityWeight), options.PriorityWeight), (nameof(options.FailureWeight), options.FailureWeight), (nameof(options.Hold), options.Hold),
            (nameof(options.AvoidFor), options.AvoidFor), (nameof(options.StickyDeviceTime), options.StickyDeviceTime), (nameof(options.StickyAge), options.StickyAge),
            (nameof(options.LoadedDeviceTime), options.LoadedDeviceTime), (nameof(options.LoadedAge), options.LoadedAge)),
        .. AtLeastOne((nameof(options.MaxWaiting), options.MaxWaiting), (nameof(options.MaxWaitingPerTenant), options.MaxWaitingPerTenant)),
        .. options.ChargeWeight is >= 0 and <= 1 ? [] : (RequestError[])[new RequestError(nameof(options.ChargeWeight), $"0 to 1, got {options.ChargeWeight}")],
    ];
}
