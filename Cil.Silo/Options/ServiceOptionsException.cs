using Cil.Interfaces;

namespace Cil.Silo.Options;

/// <summary>A service or an embedded grid cannot be started as it is configured.</summary>
/// <param name="errors">All of them.</param>
/// <param name="section">Stands before each field.</param>
public sealed class ServiceOptionsException(IReadOnlyList<RequestError> errors, string section = ServiceOptions.Section)
    : Exception(string.Join("\n", errors.Select(error => $"{section}:{error.Field}: {error.Message}")))
{
    public IReadOnlyList<RequestError> Errors { get; } = errors;
}
