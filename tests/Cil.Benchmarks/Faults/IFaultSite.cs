namespace Cil.Benchmarks.Faults;

/// <summary>Where a cluster under test keeps its jobs and its membership.</summary>
internal interface IFaultSite : IAsyncDisposable
{
    /// <summary>In a few words, for people.</summary>
    string Name { get; }

    /// <summary>The silos' --data.</summary>
    string Data { get; }

    /// <summary>The silos' --cluster.</summary>
    string Cluster { get; }

    /// <summary>What the silos' environment holds, keys above all.</summary>
    IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>();

    /// <summary>The operator's key, where silos are reached from elsewhere; null for none.</summary>
    string? Key => null;

    /// <summary>Where a silo runs.</summary>
    SiloPlace PlaceOf(string silo) => SiloPlace.Here;

    /// <summary>
    /// A blob as it lies there, read beside the grid, which knows nothing of it and cannot be out of reach; null when there
    /// is none.
    /// </summary>
    byte[]? Read(string blob);

    /// <summary>Lets storage go wrong now and then, if it is of that kind.</summary>
    void Begin();

    /// <summary>Prints what went wrong.</summary>
    void Print();
}
