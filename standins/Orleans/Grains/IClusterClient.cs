namespace Orleans;

/// <summary>The grid as seen from outside a silo (or inside: each silo registers one).</summary>
public interface IClusterClient : IGrainFactory
{
    /// <summary>The client's services.</summary>
    IServiceProvider ServiceProvider { get; }
}
