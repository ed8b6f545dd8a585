using System.CommandLine;
using System.Globalization;
using Cil.Cli.Models;
using Cil.Cli.Options;
using Cil.Interfaces.Chunks;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Microsoft.Extensions.Configuration;

namespace Cil.Cli.Serve;

/// <summary>`cil serve`: a silo that runs until it is told to stop, alone or one of a cluster.</summary>
internal static class ServeCommand
{
    /// <summary>It drains in its own time, however long that takes; the program's grace for others is not for it.</summary>
    public const string Name = "serve";

    // An option's name is the setting's, where it is not said otherwise.
    private static readonly Dictionary<string, string> Settings = new(StringComparer.Ordinal)
    {
        ["--threads"] = "Planning:Threads", ["--precision"] = "Planning:Precision",
        ["--upload-limit"] = nameof(ServiceOptions.UploadMebibytes),
    };

    public static Command Build()
    {
        // Not one has a default here: a default would hide what the environment or a file says.
        Option<string?>[] texts =
        [
            Text(
                "--data",
                "where jobs and videos are kept: a folder, a bucket as "
                    + "s3://BUCKET?endpoint=URL, or the connection string of an Azure storage account"),
            Text("--container", "the container in Azure (default: cil)"),
            Text("--url", "where HTTP is answered (default: http://127.0.0.1:8300)"),
            Text("--name", "the silo's name, which its workers' names begin with (default: the machine's)"),
            Text("--role", "all, coordinator (no device, no libtorch) or worker (default: all)"),
            Text("--cluster", $"where silos find each other: {ClusterChoice.Forms} (default: none)"),
            Text("--cluster-id", "silos of another cluster do not see this one (default: cil)"),
            Text("--advertise", "the address that other silos reach this one by (default: the machine's first)"),
            Text("--preload", "the model whose weights are bound before the silo is ready (default: the model, where there is one)"),
            Text("--precision", $"{Precision.Choices} (default: {Precision.Float32})"),
            Text("--devices", "devices to use: GPUs, or parts of the processor (default: 1)"),
            Text("--threads", "threads of each device that is a processor; the bytes depend on it (default: all of the machine's)"),
            Text("--silo-port", "where other silos reach this one (default: 11111)"),
            Text("--gateway-port", "where Orleans clients reach this one (default: 30000)"),
            Text("--probe-seconds", "how long another silo's sign of life is waited for; after three it is taken for lost (default: 1)"),
            Text("--drain-seconds", "how long chunks in hand may go on after a signal to stop (default: 25)"),
            Text("--upload-limit", "the largest upload in MiB (default: 64)"),
        ];
        var models = new Option<string[]>("--models")
        {
            Description = "models' names or folders (default: all that 'cil models' lists)", AllowMultipleArgumentsPerToken = true,
        };
        var datasets = new Option<string[]>("--datasets")
        {
            Description = "folders of clips that statistics may be measured of (default: none)", AllowMultipleArgumentsPerToken = true,
        };
        var verbose = new Option<bool>("--verbose") { Description = "show the grid's log" };
        var command = new Command(
            Name,
            "Serves jobs until it is told to stop. Settings come from options, environment variables (Cil__Data, …) and "
                + "appsettings.json, in this order.") { models, datasets, verbose };
        foreach (Option<string?> option in texts) command.Options.Add(option);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var given = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
            foreach (Option<string?> option in texts)
                if (parsed.GetValue(option) is { } value) given[Key(option.Name)] = value;
            AddList(given, nameof(ServiceOptions.Models), parsed.GetValue(models));
            AddList(given, nameof(ServiceOptions.Datasets), parsed.GetValue(datasets));
            if (parsed.GetValue(verbose)) given[$"{ServiceOptions.Section}:{nameof(ServiceOptions.Verbose)}"] = "true";
            return await RunAsync(given, cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(Dictionary<string, string?> given, CancellationToken cancellationToken)
    {
        IConfigurationRoot configuration = ServiceConfiguration.Gather(builder => builder.AddInMemoryCollection(given));
        FindModels(configuration);
        ServiceOptions options = ServiceConfiguration.Read(configuration);
        await using CilService service = await CilService.StartAsync(options, cancellationToken);
        Console.WriteLine($"serving at {service.Url}");
        await service.RunAsync();
        return ExitCode.Done;
    }

    // Models may be named; the silo knows folders.
    private static void FindModels(IConfigurationRoot configuration)
    {
        const string Key = $"{ServiceOptions.Section}:{nameof(ServiceOptions.Models)}";
        List<string>? named = configuration.GetSection(Key).Get<List<string>>();
        IEnumerable<string> folders = named is { Count: > 0 }
            ? named.Select(name => ModelLocations.Find("--models", name))
            : ModelLocations.All().Values;
        int index = 0;
        foreach (string folder in folders) configuration[string.Create(CultureInfo.InvariantCulture, $"{Key}:{index++}")] = folder;
    }

    private static void AddList(Dictionary<string, string?> given, string name, string[]? values)
    {
        foreach ((int index, string value) in (values ?? []).Index())
            given[string.Create(CultureInfo.InvariantCulture, $"{ServiceOptions.Section}:{name}:{index}")] = value;
    }

    private static string Key(string option) =>
        $"{ServiceOptions.Section}:{Settings.GetValueOrDefault(option) ?? option.Replace("-", "", StringComparison.Ordinal)}";

    private static Option<string?> Text(string name, string description) => new(name) { Description = description };
}
