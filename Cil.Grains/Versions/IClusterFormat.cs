namespace Cil.Grains.Versions;

/// <summary>Tells what the silos of the cluster read: while one version replaces another, silos of both are there.</summary>
public interface IClusterFormat
{
    /// <summary>The newest <see cref="GridFormat"/> that every silo reads; the first, 0, while that is not known of one.</summary>
    int Common { get; }
}
