namespace Cil.Grains.Tests.Engine.Storage;

[GenerateSerializer]
public sealed class NotesState
{
    [Id(0)] public List<string> Texts { get; set; } = [];
}
