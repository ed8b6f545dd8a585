namespace Cil.Api.Identity;

/// <summary>A key as it is stored: never the key itself.</summary>
/// <param name="Id">Its public part.</param>
/// <param name="Tenant">Whose it is.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Scopes">Of <see cref="Scope"/>.</param>
/// <param name="Hash">SHA-256 of its secret part, in hexadecimal.</param>
/// <param name="RevokedAt">Since when it is not taken any more; null while it is.</param>
public sealed record ApiKey(
    string Id, string Tenant, string Name, IReadOnlyList<string> Scopes, string Hash, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt);
