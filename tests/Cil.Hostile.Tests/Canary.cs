using System.Diagnostics;

namespace Cil.Hostile.Tests;

/// <summary>A named pipe that inputs name: whoever opens it to read, in this process or another, is noticed.</summary>
internal sealed class Canary : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cil-canary-").FullName;
    private readonly Task opened;

    internal Canary()
    {
        Path = System.IO.Path.Combine(folder, "canary.ts");
        using (Process made = Process.Start("mkfifo", [Path])) made.WaitForExit();
        // Opening to write waits until somebody opens it to read.
        opened = Task.Factory.StartNew(
            () => new FileStream(Path, FileMode.Open, FileAccess.Write).Dispose(),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    internal string Path { get; }

    internal bool IsOpened => opened.IsCompleted;

    /// <summary>Opens it itself, which must be noticed: else nothing that it did not notice would count.</summary>
    internal async Task RequireAwakeAsync()
    {
        await using (new FileStream(Path, FileMode.Open, FileAccess.Read)) await opened.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public void Dispose()
    {
        // Its writer would wait for ever.
        if (!opened.IsCompleted) new FileStream(Path, FileMode.Open, FileAccess.Read).Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
