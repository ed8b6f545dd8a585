namespace Cil.Hostile.Tests.Http;

/// <summary>A valid body, and where it is sent to.</summary>
internal sealed record FormTarget(HttpMethod Method, string Path, string ContentType, byte[] Body);
