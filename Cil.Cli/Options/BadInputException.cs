namespace Cil.Cli.Options;

/// <summary>An option, a file or a folder is not what it should be.</summary>
/// <param name="option">The option or argument as the user writes it.</param>
/// <param name="message">What was given and what is possible.</param>
public sealed class BadInputException(string option, string message) : Exception($"{option}: {message}");
