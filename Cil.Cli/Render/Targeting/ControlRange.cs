namespace Cil.Cli.Render.Targeting;

/// <summary>The whole values of a control that a search tries.</summary>
/// <param name="Own">Where it begins: the model's own, from <paramref name="Least"/> to <paramref name="Most"/>.</param>
/// <param name="HigherIsMore">Whether higher values are expected to give more motion. Only the order of the tries depends on it.</param>
internal readonly record struct ControlRange(int Least, int Most, int Own, bool HigherIsMore);
