namespace Cil.Cli;

/// <summary>The work was tried and failed; not the user's doing.</summary>
public sealed class CommandFailedException(string message) : Exception(message);
