namespace Cil.Interfaces;

/// <summary>One thing wrong with a request: the field, what was given, what is possible.</summary>
[GenerateSerializer, Immutable, Alias("cil.RequestFault")]
public sealed record RequestFault([property: Id(0)] string Field, [property: Id(1)] string Message);
