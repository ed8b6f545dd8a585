using System.Text.Json.Serialization;

namespace Cil.Client.Contracts;

/// <summary>A job's new priority.</summary>
/// <param name="Priority">-100 to 100.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ApiPriority([property: JsonRequired] int Priority);
