using System.Globalization;
using Cil.Diffusion.Devices;
using static TorchSharp.torch;

namespace Cil.Benchmarks;

/// <summary>What the command line says.</summary>
internal sealed record BenchmarkOptions
{
    internal static string Usage =>
        $"""
        usage: Cil.Benchmarks [OPTIONS]
          --only NAME      one benchmark: {string.Join(", ", Benchmark.All.Select(benchmark => benchmark.Name))}
          --quick          3 repetitions of each side instead of 9
          --runs N         so many repetitions of each side
          --threads N      threads of libtorch on both sides (all processors: {Environment.ProcessorCount})
          --device NAME    cpu or cuda:N, for the networks; the grid takes the GPUs that there are (cpu)
          --peers FOLDER   checkouts of the originals (environment: CIL_PEERS; docs/benchmarks.md); without, networks are skipped
          --python FILE    the Python with PyTorch (environment: CIL_PYTHON; /usr/bin/python3)
          --exports FOLDER keeps the networks' random weights and what the originals were exported to, for later runs
          --steps N        denoising steps of "grid", "workers" and "memory" (the model's own number)
          --jobs N         jobs of "scale" (100,000)
          --rounds N       faults of "faults" and "network-faults", upgrades of "upgrade" (100)
          --before FILE    cil.dll of the version that "upgrade" begins with (bench/upgrade.sh builds it)
          --minutes N      how long "autoscale" (60) and "load" (5) go on
          --clients N      clients of "load" (200), watchers of "watchers" (10,000)
          --storage KIND   "faults" over {FolderStorage} (shared, with Redis), {AzureStorage} (Azurite from npm) or
                           {S3Storage} (Ceph's gateway, with Redis), whose blobs go wrong ({FolderStorage})
          --seed N         which silo "faults" hits when (1)
          --model FOLDER   the model that "grid", "workers", "memory" and "faults" render with
                           (models/cil-tiny, or a random one of about its size)
        The exit status is 0 when every aim is met, 1 when not, 2 for a wrong command line.
        """;

    internal const string FolderStorage = "folder", AzureStorage = "azure", S3Storage = "s3";

    internal string? Only { get; private init; }

    internal int Runs { get; private init; } = 9;

    internal int Threads { get; private init; } = Environment.ProcessorCount;

    internal string? Peers { get; private init; } = Environment.GetEnvironmentVariable("CIL_PEERS");

    internal string Python { get; private init; } = Environment.GetEnvironmentVariable("CIL_PYTHON") ?? "/usr/bin/python3";

    internal string? Exports { get; private init; }

    internal Device Device { get; private init; } = CPU;

    internal int? Steps { get; private init; }

    internal int Jobs { get; private init; } = 100_000;

    internal string? Model { get; private init; }

    internal string Storage { get; private init; } = FolderStorage;

    internal int Rounds { get; private init; } = 100;

    internal string? Before { get; private init; }

    internal int? Minutes { get; private init; }

    internal int? Clients { get; private init; }

    internal int Seed { get; private init; } = 1;

    /// <exception cref="ArgumentException">An option is unknown, lacks its value, or has one that cannot be.</exception>
    internal static BenchmarkOptions Parse(string[] args)
    {
        var options = new BenchmarkOptions();
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            if (name == "--quick")
            {
                options = options with { Runs = 3 };
                continue;
            }

            if (++i == args.Length) throw new ArgumentException($"{name}: unknown, or it lacks its value\n{Usage}");
            options = name switch
            {
                "--only" => options with { Only = Known(args[i]) },
                "--runs" => options with { Runs = Count(name, args[i]) },
                "--steps" => options with { Steps = Count(name, args[i]) },
                "--jobs" => options with { Jobs = Count(name, args[i]) },
                "--threads" => options with { Threads = Count(name, args[i]) },
                "--minutes" => options with { Minutes = Count(name, args[i]) },
                "--clients" => options with { Clients = Count(name, args[i]) },
                "--rounds" => options with { Rounds = Count(name, args[i]) },
                "--storage" =>
                    options with
                    {
                        Storage = args[i] is FolderStorage or AzureStorage or S3Storage
                            ? args[i]
                            : throw new ArgumentException($"{name}: {FolderStorage}, {AzureStorage} or {S3Storage}; got '{args[i]}'"),
                    },
                "--before" => options with { Before = args[i] },
                "--seed" => options with { Seed = Count(name, args[i]) },
                "--device" =>
                    options with
                    {
                        Device = DeviceCatalog.TryFind(args[i], out string[] known)
                            ?? throw new ArgumentException($"{name}: {string.Join(" or ", known)}; got '{args[i]}'"),
                    },
                "--peers" => options with { Peers = args[i] },
                "--exports" => options with { Exports = args[i] },
                "--python" => options with { Python = args[i] },
                "--model" => options with { Model = args[i] },
                _ => throw new ArgumentException($"{name}: unknown\n{Usage}"),
            };
        }

        return options;
    }

    private static string Known(string name) => Benchmark.All.Any(benchmark => benchmark.Name == name)
        ? name
        : throw new ArgumentException(
            $"--only: one of {string.Join(", ", Benchmark.All.Select(benchmark => benchmark.Name))}; got '{name}'");

    private static int Count(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0
            ? count
            : throw new ArgumentException($"{name}: expected a number from 1 on, got '{value}'");
}
