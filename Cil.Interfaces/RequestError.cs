using System.Text.Json;

namespace Cil.Interfaces;

/// <summary>One error in a request: the field, what was given, what is possible.</summary>
[GenerateSerializer, Immutable, Alias("cil.RequestFault")]
public sealed record RequestError([property: Id(0)] string Field, [property: Id(1)] string Message)
{
    /// <summary>The error of a property of a request, which clients know in camel case.</summary>
    public static RequestError Of(string property, string message) => new(JsonNamingPolicy.CamelCase.ConvertName(property), message);
}
