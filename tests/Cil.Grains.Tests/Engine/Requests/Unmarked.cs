namespace Cil.Grains.Tests.Engine.Requests;

/// <summary>A class that no serializer knows.</summary>
public sealed class Unmarked
{
    public int Number { get; set; }
}
