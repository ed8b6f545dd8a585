using static TorchSharp.torch;

namespace Cil.Training.Recipes;

/// <summary>How and where cil-tiny is trained.</summary>
public sealed record TinyModelOptions
{
    /// <summary>Folder of everything the training makes; stages whose files are there are not run again.</summary>
    public required string Folder { get; init; }

    public ulong Seed { get; init; } = 21;

    public Device Device { get; init; } = CPU;

    public TinyModelPlan Plan { get; init; } = TinyModelPlan.Processor;

    /// <summary>Longest time for each stage in this process; null for no limit.</summary>
    public TimeSpan? TimeLimit { get; init; }
}
