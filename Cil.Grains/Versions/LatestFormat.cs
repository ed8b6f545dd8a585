namespace Cil.Grains.Versions;

/// <summary>One silo that is alone.</summary>
public sealed class LatestFormat : IClusterFormat
{
    public int Common => GridFormat.Latest;
}
