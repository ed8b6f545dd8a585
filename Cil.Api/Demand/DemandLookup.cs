using Cil.Interfaces.Queue;

namespace Cil.Api.Demand;

/// <summary>Finds the class that is asked for.</summary>
internal static class DemandLookup
{
    /// <summary>The name of the parameter, in a query and in a trigger's metadata.</summary>
    internal const string Class = "class";

    internal static ClassDemand? Find(IReadOnlyList<ClassDemand> demand, string name) => demand.FirstOrDefault(one => one.Class == name);

    /// <summary>What is wrong with a class that there is not.</summary>
    internal static string Unknown(IReadOnlyList<ClassDemand> demand, string? name) => demand.Count == 0
        ? $"no class is listed in Queue:Classes, and no worker is there; got '{name}'"
        : $"{string.Join(" or ", demand.Select(one => one.Class))}, got '{name}'; a class without a worker must be listed in Queue:Classes";
}
