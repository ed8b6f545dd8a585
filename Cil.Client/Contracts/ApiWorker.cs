namespace Cil.Client.Contracts;

/// <summary>A worker as the queue heard of it last.</summary>
/// <param name="Model">The model that it has loaded; null for none.</param>
/// <param name="MemoryBytes">Memory of its device; 0 where it is not known.</param>
/// <param name="Chunks">Chunks that it has.</param>
/// <param name="Class">Its device's class.</param>
public sealed record ApiWorker(string Worker, string? Model, long MemoryBytes, int Chunks, DateTimeOffset HeardAt, string? Class = null);
