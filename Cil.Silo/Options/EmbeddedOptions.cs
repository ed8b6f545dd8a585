using Cil.Grains.Chunks;
using Cil.Grains.Leases;
using Microsoft.Extensions.DependencyInjection;

namespace Cil.Silo.Options;

/// <summary>The grid in one process.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>The folder for jobs, media and state; made if it is not there.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Folders with a `model.json`.</summary>
    public required IReadOnlyList<string> ModelFolders { get; init; }

    /// <summary>Folders with a list of clips (`clips.jsonl`); a data set is named as its folder is. Default none.</summary>
    public IReadOnlyList<string> DatasetFolders { get; init; } = [];

    /// <summary>Devices to render on; 0 for a grid that only looks after jobs. Default 1.</summary>
    public int Devices { get; init; } = 1;

    public PlannerOptions Planning { get; init; } = new();

    public LeaseOptions Leasing { get; init; } = new();

    /// <summary>The last word on the services, such as another store; null for none.</summary>
    public Action<IServiceCollection>? Configure { get; init; }

    /// <summary>Whether the log goes to standard error. Default false.</summary>
    public bool Verbose { get; init; }
}
