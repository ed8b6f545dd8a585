using Cil.Grains.Queue;
using Cil.Interfaces;

namespace Cil.Silo.Options;

internal sealed class QueueOptionsValidator : OptionsValidator<QueueOptions>
{
    internal override IEnumerable<RequestError> Errors(QueueOptions options) =>
    [
        .. AboveZero(
            (nameof(options.FirstCharge), options.FirstCharge), (nameof(options.RetryAfter), options.RetryAfter),
            (nameof(options.WorkerSilence), options.WorkerSilence), (nameof(options.Sweep), options.Sweep)),
        .. NotNegative(
            (nameof(options.PriorityWeight), options.PriorityWeight),
            (nameof(options.FailureWeight), options.FailureWeight), (nameof(options.Hold), options.Hold),
            (nameof(options.AvoidFor), options.AvoidFor), (nameof(options.StickyDeviceTime), options.StickyDeviceTime),
            (nameof(options.StickyAge), options.StickyAge),
            (nameof(options.LoadedDeviceTime), options.LoadedDeviceTime), (nameof(options.LoadedAge), options.LoadedAge)),
        .. AtLeastOne((nameof(options.MaxWaiting), options.MaxWaiting), (nameof(options.MaxWaitingPerTenant), options.MaxWaitingPerTenant)),
        .. options.Classes.Where(text => !QueueOptions.IsClass(text)).Select(text => new RequestError(
            nameof(options.Classes), $"NAME or NAME=GIB, such as l4=22, with a name of lower-case letters, digits and '-'; got '{text}'")),
        .. options.Classes.GroupBy(text => text.Split('=')[0], StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => new RequestError(nameof(options.Classes), $"each class once, got '{group.Key}' {group.Count()} times")),
        .. options.ChargeWeight is >= 0 and <= 1
            ? []
            : (RequestError[])[new RequestError(nameof(options.ChargeWeight), $"0 to 1, got {options.ChargeWeight}")],
    ];
}
