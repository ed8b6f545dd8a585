using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>
/// A kind of component that stored cases can be run against. A new one is a class and a line in
/// <see cref="ConformanceCheck"/>.
/// </summary>
public interface IConformanceComponent
{
    /// <summary>What people call it.</summary>
    string Name { get; }

    /// <summary>Whether the case is one of these, by its config.json.</summary>
    bool Recognises(ConformanceCase reference);

    /// <summary>Names that are fed in and not compared.</summary>
    IReadOnlyCollection<string> Inputs { get; }

    /// <summary>Computes those of the case's outputs that this component has.</summary>
    IEnumerable<ConformanceValue> Run(ConformanceCase reference);
}
