using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Cil.TestKit.Storage;

/// <summary>
/// Ceph's gateway, a real S3 service, on this machine: started by the script beside this file, which installs Debian's
/// packages where they are missing.
/// </summary>
internal sealed class RadosGateway : IAsyncDisposable
{
    // Its packages are fetched the first time.
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);

    private readonly Process process;

    private RadosGateway(Process process, Uri address, string accessKey, string secretKey) =>
        (this.process, Address, AccessKey, SecretKey) = (process, address, accessKey, secretKey);

    internal Uri Address { get; }

    internal string AccessKey { get; }

    internal string SecretKey { get; }

    /// <exception cref="InvalidOperationException">It could not be installed, or did not start: in the script's words.</exception>
    internal static async Task<RadosGateway> StartAsync()
    {
        var start = new ProcessStartInfo("bash", [Script()])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(TimeLimit);
        string[] ready = (await process.StandardOutput.ReadLineAsync(timeout.Token) ?? "").Split(' ');
        return ready is ["ready", var address, var access, var secret]
            ? new RadosGateway(process, new Uri(address), access, secret)
            : throw new InvalidOperationException($"a real S3 service is needed: {await errors}");
    }


    public async ValueTask DisposeAsync()
    {
        // The script ends, with all that it has started, at the end of its input; so it does when this process is killed.
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static string Script([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "radosgw");
}
