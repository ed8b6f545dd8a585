namespace Cil.Interfaces.Chunks;

/// <summary>Which of classifier-free guidance's passes a chunk makes. The numbers are on disk: never change one.</summary>
[GenerateSerializer, Alias("cil.GuidanceBranch")]
public enum GuidanceBranch
{
    All = 0,
    Conditional = 1,
    Unconditional = 2,
}
