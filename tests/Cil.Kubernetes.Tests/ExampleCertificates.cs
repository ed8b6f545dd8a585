namespace Cil.Kubernetes.Tests;

/// <summary>Certificates of silos, made by the commands that the component's example of a Secret gives.</summary>
internal static class ExampleCertificates
{
    private const string Command = "#   openssl ";

    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    /// <summary>The folder of tls.crt, tls.key and ca.crt.</summary>
    internal static Task<string> FolderAsync() => Made.Value;

    private static async Task<string> MakeAsync()
    {
        string folder = Repository.Folder("artifacts", "kubernetes-certificates");
        Directory.CreateDirectory(folder);
        string[] commands = [.. File.ReadAllLines(Repository.Folder("k8s", "components", "tls", "secret.example.yaml"))
            .Where(line => line.StartsWith(Command, StringComparison.Ordinal)).Select(line => line[1..].Trim())];
        _ = await Repository.RunAsync("bash", ["-ec", string.Join('\n', commands)], folder: folder);
        return folder;
    }
}
