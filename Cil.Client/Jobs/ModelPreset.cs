namespace Cil.Client.Jobs;

/// <summary>A line of the paper's table that a model's weights are for.</summary>
/// <param name="Start">M.</param>
/// <param name="AnalyticInit">Whether sampling starts from Analytic-Init.</param>
/// <param name="NeedsStatistics">Whether statistics must be given, since the model has none.</param>
public sealed record ModelPreset(string Name, int Start, bool AnalyticInit, bool NeedsStatistics);
