using Cil.Interfaces;

namespace Cil.Silo.Options;

/// <summary>A service or an embedded grid cannot be started as it is configured.</summary>
/// <param name="faults">All of them.</param>
/// <param name="section">Stands before each field.</param>
public sealed class ServiceOptionsException(IReadOnlyList<RequestError> faults, string section = ServiceOptions.Section)
    : Exception(string.Join("\n", faults.Select(fault => $"{section}:{fault.Field}: {fault.Message}")))
{
    public IReadOnlyList<RequestError> Faults { get; } = faults;
}
