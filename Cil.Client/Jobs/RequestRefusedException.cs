using Cil.Client.Contracts;
using Cil.Interfaces;

namespace Cil.Client.Jobs;

/// <summary>A request has faults. Sending it again unchanged does not help.</summary>
public sealed class RequestRefusedException : CilApiException
{
    private const int BadRequest = 400;

    /// <param name="faults">All of them.</param>
    public RequestRefusedException(IReadOnlyList<RequestError> faults)
        : base(BadRequest, ApiProblem.InvalidRequest, string.Join("\n", faults.Select(fault => $"{fault.Field}: {fault.Message}"))) =>
        Errors = faults;

    /// <summary>The same as <see cref="CilApiException.Errors"/>.</summary>
    public IReadOnlyList<RequestError> Faults => Errors;
}
