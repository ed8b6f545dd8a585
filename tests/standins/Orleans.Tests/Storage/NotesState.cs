namespace Orleans.Tests.Storage;

[GenerateSerializer]
public sealed class NotesState
{
    [Id(0)] public List<string> Texts { get; set; } = [];
}
