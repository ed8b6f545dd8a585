namespace Cil.Rendering.Chunks;

/// <summary>What was uploaded is damaged or not in storage; nobody can make it again, and another attempt finds the same.</summary>
internal sealed class LostInputException(string message) : Exception(message);
