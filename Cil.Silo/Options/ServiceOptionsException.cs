using Cil.Interfaces;

namespace Cil.Silo.Options;

/// <summary>A service cannot be started as it is configured.</summary>
public sealed class ServiceOptionsException(IReadOnlyList<RequestError> faults)
    : Exception(string.Join("\n", faults.Select(fault => $"{ServiceOptions.Section}:{fault.Field}: {fault.Message}")))
{
    public IReadOnlyList<RequestError> Faults { get; } = faults;
}
