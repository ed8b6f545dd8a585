namespace Cil.Evaluation.Conformance;

/// <summary>A folder cannot be checked: it lacks something, or holds a component that is not known.</summary>
public sealed class ConformanceException(string message) : Exception(message);
