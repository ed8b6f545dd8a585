namespace Cil.Media.Processes;

/// <summary>How many bytes a program will have written in all, by the first that it wrote; null where they do not tell.</summary>
public delegate int? OutputLength(ReadOnlySpan<byte> beginning);
