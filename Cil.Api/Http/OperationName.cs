namespace Cil.Api.Http;

/// <summary>What generated clients call an address. A name of its own: an address that answers GET and HEAD has one for each.</summary>
internal sealed record OperationName(string Name);
