namespace Cil.Client.Contracts;

/// <summary>A line of the paper's table: values of a request's fields `start` and `analyticInit`.</summary>
/// <param name="Name">Such as dynamicrafter-cil.</param>
/// <param name="AnalyticInit">auto or off.</param>
/// <param name="NeedsStatistics">Whether statistics must be sent with the request, since the model has none.</param>
public sealed record ApiPreset(string Name, int Start, string AnalyticInit, bool NeedsStatistics);
