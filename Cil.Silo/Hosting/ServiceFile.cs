using System.Diagnostics;
using System.Text.Json;
using Cil.Storage;

namespace Cil.Silo.Hosting;

/// <summary>What a grid says of itself in its data folder, so that other programs find it; one file for each silo.</summary>
/// <param name="Silo">The silo's name.</param>
/// <param name="Url">Where it answers HTTP; null where it does not.</param>
/// <param name="Started">When the process began: another process may have the number later.</param>
public sealed record ServiceFile(string Silo, string Machine, int ProcessId, DateTimeOffset Started, string? Url)
{
    internal const string FolderName = ".services";

    // A process's start is computed from the machine's, and comes out a little differently each time.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    /// <summary>The address of a service that runs on this folder, or null.</summary>
    public static string? Find(string folder) => Live(folder).FirstOrDefault(service => service.Url is not null)?.Url;

    /// <summary>All grids that run on this folder, by name. Those of other machines are taken for alive.</summary>
    public static IReadOnlyList<ServiceFile> Live(string folder)
    {
        string place = Path.Combine(folder, FolderName);
        return Directory.Exists(place)
            ? [.. Directory.GetFiles(place, "*.json")
                .Order(StringComparer.Ordinal)
                .Select(Read)
                .OfType<ServiceFile>()
                .Where(service => service.IsAlive)]
            : [];
    }

    /// <summary>Says that this process is a grid on that folder, until the result is disposed of.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public static IDisposable Write(string folder, string silo, string? url)
    {
        using var process = Process.GetCurrentProcess();
        var service = new ServiceFile(silo, Environment.MachineName, process.Id, process.StartTime.ToUniversalTime(), url);
        string place = PrivateFolder.Create(Path.Combine(folder, FolderName)).FullName, file = Path.Combine(place, $"{silo}.json");
        string temporary = Path.Combine(place, $".{Guid.NewGuid():N}");
        using (FileStream stream = PrivateFolder.NewFile(temporary, FileShare.None)) JsonSerializer.Serialize(stream, service);
        File.Move(temporary, file, overwrite: true);
        return new Written(file, service);
    }

    private bool IsAlive
    {
        get
        {
            if (Machine != Environment.MachineName) return true;
            try
            {
                using var process = Process.GetProcessById(ProcessId);
                return (process.StartTime.ToUniversalTime() - Started).Duration() < Slack;
            }
            catch (Exception error) when (error is ArgumentException or InvalidOperationException)
            {
                return false;
            }
        }
    }

    private static ServiceFile? Read(string file)
    {
        try
        {
            return JsonSerializer.Deserialize<ServiceFile>(File.ReadAllBytes(file));
        }
        catch (Exception error) when (error is IOException or JsonException)
        {
            // It was removed meanwhile, or is not ours.
            return null;
        }
    }

    private sealed class Written(string file, ServiceFile service) : IDisposable
    {
        public void Dispose()
        {
            // A successor of the same name may have written its own.
            if (Read(file) == service) File.Delete(file);
        }
    }
}
