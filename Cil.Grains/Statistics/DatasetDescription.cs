namespace Cil.Grains.Statistics;

/// <summary>What planning needs to know of a data set.</summary>
/// <param name="Clips">How many there are.</param>
/// <param name="Hash">Of the list of clips: tells it from another list under the same name.</param>
public sealed record DatasetDescription(string Name, int Clips, string Hash);
