namespace Cil.Grains.Tests.Engine.Requests;

[GenerateSerializer]
public sealed record Parcel
{
    [Id(0)] public required string Name { get; init; }

    [Id(1)] public List<string> Items { get; init; } = [];

    /// <summary>Has no number: it does not travel.</summary>
    [field: NonSerialized] public string? Local { get; set; }
}
