namespace Cil.Client.Contracts;

/// <summary>One thing wrong with a request.</summary>
/// <param name="Field">The field as form and JSON name it.</param>
/// <param name="Message">What was given, and what is possible.</param>
public sealed record ApiFieldError(string Field, string Message);
