namespace Orleans.Runtime;

/// <summary>The grid as the silo's own services see it.</summary>
internal sealed class SiloClient(Silo silo) : GrainFactory(silo), IClusterClient
{
    public IServiceProvider ServiceProvider => silo.Services;
}
