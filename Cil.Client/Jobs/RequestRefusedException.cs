using Cil.Interfaces;

namespace Cil.Client.Jobs;

/// <summary>A request has faults. Sending it again unchanged does not help.</summary>
public sealed class RequestRefusedException(IReadOnlyList<RequestError> faults)
    : Exception(string.Join("\n", faults.Select(fault => $"{fault.Field}: {fault.Message}")))
{
    public IReadOnlyList<RequestError> Faults { get; } = faults;
}
