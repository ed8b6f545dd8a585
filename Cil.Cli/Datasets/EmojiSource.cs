using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;

namespace Cil.Cli.Datasets;

/// <summary>Where the emoji pictures come from: a folder of the user's, or the npm package, fetched once into the cache.</summary>
internal static class EmojiSource
{
    private const string Package = "emoji-datasource-google", Version = "16.0.0";

    /// <summary>The folder with emoji.json.</summary>
    /// <exception cref="CommandFailedException">npm is missing or cannot fetch the package.</exception>
    internal static async Task<string> FindAsync(string? given, CancellationToken cancellationToken)
    {
        if (given is not null) return given;
        string cache = Path.Combine(CacheFolder(), $"{Package}-{Version}"), unpacked = Path.Combine(cache, "package");
        if (Directory.Exists(unpacked)) return unpacked;
        Console.Error.WriteLine($"fetching the emoji pictures ({Package} {Version}, once)");
        Directory.CreateDirectory(cache);
        string archive = Path.Combine(cache, await PackAsync(cache, cancellationToken)),
            partial = Path.Combine(cache, $"partial-{Guid.NewGuid():N}");
        Directory.CreateDirectory(partial);
        await using (FileStream file = File.OpenRead(archive))
        await using (var unzipped = new GZipStream(file, CompressionMode.Decompress))
            await TarFile.ExtractToDirectoryAsync(unzipped, partial, overwriteFiles: true, cancellationToken);
        Directory.Move(Path.Combine(partial, "package"), unpacked);
        Directory.Delete(partial);
        File.Delete(archive);
        return unpacked;
    }

    /// <summary>Where what can be made or fetched again is kept.</summary>
    internal static string CacheFolder()
    {
        string? given = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.Combine(string.IsNullOrEmpty(given) ? Path.Combine(home, ".cache") : given, "cil");
    }

    private static async Task<string> PackAsync(string folder, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("npm", ["pack", "--silent", $"{Package}@{Version}"])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        try
        {
            using Process npm = Process.Start(start)!;
            Task<string> errors = npm.StandardError.ReadToEndAsync(cancellationToken);
            string name = (await npm.StandardOutput.ReadToEndAsync(cancellationToken)).Trim();
            await npm.WaitForExitAsync(cancellationToken);
            if (npm.ExitCode == 0) return name;
            throw new CommandFailedException(
                $"npm cannot fetch {Package}@{Version}: {(await errors).Trim()}; unpack it yourself and name the folder with --emoji");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new CommandFailedException(
                $"npm is missing: install it, or unpack {Package}@{Version} yourself and name the folder with --emoji");
        }
    }
}
