namespace Cil.Kubernetes.Tests;

/// <summary>
/// The schemas, installed once by npm into the build's own folder. Where they cannot be, the tests fail with npm's words.
/// </summary>
public sealed class Schemas : IAsyncLifetime
{
    private static readonly string Folder = Repository.Folder("artifacts", "kubernetes-schemas");

    public async Task InitializeAsync()
    {
        string source = Repository.Folder("tests", "Cil.Kubernetes.Tests", "Schemas"),
            wanted = await File.ReadAllTextAsync(Path.Combine(source, "package.json"));
        string done = Path.Combine(Folder, "installed.json");
        Directory.CreateDirectory(Folder);
        foreach (string file in Directory.GetFiles(source)) File.Copy(file, Path.Combine(Folder, Path.GetFileName(file)), overwrite: true);
        if (File.Exists(done) && await File.ReadAllTextAsync(done) == wanted) return;
        _ = await Repository.RunAsync(
            "npm", ["install", "--prefix", Folder, "--no-audit", "--no-fund", "--loglevel=error"], folder: Folder);
        await File.WriteAllTextAsync(done, wanted);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>A line for each manifest that does not fit, and how many were read.</summary>
    internal static Task<string> ValidateAsync(string yaml) =>
        Repository.RunAsync("node", [Path.Combine(Folder, "validate.mjs")], yaml, Folder);
}
