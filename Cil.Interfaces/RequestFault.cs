using System.Text.Json;

namespace Cil.Interfaces;

/// <summary>One thing wrong with a request: the field, what was given, what is possible.</summary>
[GenerateSerializer, Immutable, Alias("cil.RequestFault")]
public sealed record RequestFault([property: Id(0)] string Field, [property: Id(1)] string Message)
{
    /// <summary>Of a property of a request, which clients know in camel case.</summary>
    public static RequestFault Of(string property, string message) => new(JsonNamingPolicy.CamelCase.ConvertName(property), message);
}
