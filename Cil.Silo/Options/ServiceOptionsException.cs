using Cil.Interfaces;

namespace Cil.Silo.Options;

/// <summary>A service cannot be started as it is configured.</summary>
public sealed class ServiceOptionsException(IReadOnlyList<RequestFault> faults)
    : Exception(string.Join("\n", faults.Select(fault => $"{ServiceOptions.Section}:{fault.Field}: {fault.Message}")))
{
    public IReadOnlyList<RequestFault> Faults { get; } = faults;
}
