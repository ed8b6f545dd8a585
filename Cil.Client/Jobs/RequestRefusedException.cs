using Cil.Interfaces;

namespace Cil.Client.Jobs;

/// <summary>A request has faults. Sending it again unchanged does not help.</summary>
public sealed class RequestRefusedException(IReadOnlyList<RequestFault> faults)
    : Exception(string.Join("\n", faults.Select(fault => $"{fault.Field}: {fault.Message}")))
{
    public IReadOnlyList<RequestFault> Faults { get; } = faults;
}
