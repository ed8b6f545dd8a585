namespace Cil.Interfaces.Jobs;

/// <summary>How much of the network each step goes through.</summary>
[GenerateSerializer, Alias("cil.RenderQuality")]
public enum RenderQuality
{
    /// <summary>All of it.</summary>
    Full = 0,

    /// <summary>
    /// All of it at every third step, between those its first and last blocks, with what the others gave before (DeepCache, arXiv
    /// 2312.00858).
    /// </summary>
    Fast = 1,
}
