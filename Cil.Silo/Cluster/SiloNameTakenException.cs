using Cil.Silo.Options;

namespace Cil.Silo.Cluster;

/// <summary>Two silos of one cluster may not have the same name.</summary>
/// <param name="holder">Who has it.</param>
public sealed class SiloNameTakenException(string name, string holder)
    : Exception(
        $"{ServiceOptions.Section}:{nameof(ServiceOptions.Name)}: '{name}' is the name of a silo that runs already ({holder}); give "
            + $"each silo of a cluster a name of its own");
