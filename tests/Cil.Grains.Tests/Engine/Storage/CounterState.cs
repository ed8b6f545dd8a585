namespace Cil.Grains.Tests.Engine.Storage;

[GenerateSerializer]
public sealed class CounterState
{
    [Id(0)] public int Value { get; set; }
}
