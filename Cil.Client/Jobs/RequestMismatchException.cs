using Cil.Client.Contracts;
using Cil.Interfaces;
using Cil.Interfaces.Jobs;

namespace Cil.Client.Jobs;

/// <summary>The id, or the idempotency key, is another request's. Sending it again does not help.</summary>
public sealed class RequestMismatchException(string reason) : CilApiException(UnprocessableContent, ApiProblem.Mismatch, reason)
{
    private const int UnprocessableContent = 422;

    /// <param name="differences">The fields that differ.</param>
    public static RequestMismatchException Of(RenderJobId id, IReadOnlyList<string> differences) =>
        new(differences.Contains(ApiJson.Field(nameof(RenderRequest.Tenant)))
            // Of another tenant's job no more is told.
            ? $"the id {id} is taken; another request needs another id"
            : $"job {id} was submitted with another {string.Join(", ", differences)}; another request needs another id or idempotency key");
}
