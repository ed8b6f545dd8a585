using System.Diagnostics;

namespace Cil.Cli.Tests.Render;

/// <summary>A render that is killed when it has stored its first latents.</summary>
internal static class KilledRender
{
    /// <param name="data">The folder of its jobs, as the arguments name it.</param>
    /// <param name="counted">Whether to wait until they count: the next ones, once the job knows them, have taken their place.</param>
    internal static async Task RunAsync(RenderFolder folder, string[] arguments, string data, bool counted = false)
    {
        using Process program = CilProgram.Start(folder.Path, arguments);
        // A chunk's latents in storage are what another run can go on from.
        using var watcher = new FileSystemWatcher(Directory.CreateDirectory(folder.At(data)).FullName)
        {
            IncludeSubdirectories = true, EnableRaisingEvents = true,
        };
        var stored = new TaskCompletionSource();
        void Check(string name)
        {
            if (name.Contains("work", StringComparison.Ordinal) && !Path.GetFileName(name).StartsWith('.')) stored.TrySetResult();
        }

        watcher.Deleted += (_, change) => Check(change.FullPath);
        if (!counted) watcher.Created += (_, change) => Check(change.FullPath);
        if (!counted) watcher.Renamed += (_, change) => Check(change.FullPath);
        await stored.Task.WaitAsync(TimeSpan.FromMinutes(2));
        program.Kill();
        await program.WaitForExitAsync();
    }
}
