namespace Cil.Client.Contracts;

/// <summary>Who asks, and how people may make themselves known.</summary>
/// <param name="Tenant">Whose jobs are shown; null for a caller who is not known.</param>
/// <param name="Name">The key's id, or the subject of the sign-in; null for a caller who is not known.</param>
/// <param name="Scopes">Of render, read and operator.</param>
/// <param name="IsLocal">Whether the service has no keys and serves this machine's programs.</param>
/// <param name="HasSignIn">Whether people sign in at /login.</param>
public sealed record ApiSession(string? Tenant, string? Name, IReadOnlyList<string> Scopes, bool IsLocal, bool HasSignIn);
