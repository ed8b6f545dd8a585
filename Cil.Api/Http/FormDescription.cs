namespace Cil.Api.Http;

/// <summary>The parts of a form that an address takes.</summary>
internal sealed record FormDescription(IReadOnlyList<(string Name, string Description)> Fields, IReadOnlyList<string> Files);
