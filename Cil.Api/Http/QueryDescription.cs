namespace Cil.Api.Http;

/// <summary>The parameters that an address's query may have.</summary>
internal sealed record QueryDescription(IReadOnlyList<string> Names);
