namespace Cil.Training.Runs;

/// <summary>A run cannot go on, or its files do not fit it; the message says why.</summary>
public sealed class TrainingException(string message) : Exception(message);
