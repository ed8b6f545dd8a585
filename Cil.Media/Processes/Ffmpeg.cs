using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Cil.Media.Processes;

/// <summary>
/// Runs the ffmpeg program: arguments as a list, never through a shell; bytes in, bytes out; within limits of time and
/// memory.
/// </summary>
public static partial class Ffmpeg
{
    private const int LinesOfErrors = 4, LargeOutput = 16 << 20;

    private static readonly (string Name, string Package)[] Programs =
        [("ffmpeg", "ffmpeg"), ("setpriv", "util-linux"), ("prlimit", "util-linux")];

    /// <summary>
    /// Which of the programs that pictures, clips and videos need are not in PATH, with the Debian packages that have them.
    /// </summary>
    public static IReadOnlyList<(string Name, string Package)> Missing() =>
        [.. Programs.Where(program => LimitedProcess.Find(program.Name) is null)];

    /// <summary>All of a program's output; everything else as of the method that gives it bit by bit.</summary>
    /// <param name="input">Written to its standard input.</param>
    public static Task<byte[]> RunAsync(
        string program, IEnumerable<string> arguments, ReadOnlyMemory<byte> input,
        long maxOutput, CancellationToken cancellationToken, bool strict = false,
        ProcessLimits? limits = null, OutputLength? length = null) =>
        StreamAsync(program, arguments, new[] { input }.ToAsyncEnumerable(), maxOutput, cancellationToken, strict, limits, length);

    /// <param name="program">"ffmpeg".</param>
    /// <param name="arguments">One entry an argument.</param>
    /// <param name="input">Written to its standard input, block by block; what it throws ends the program.</param>
    /// <param name="maxOutput">More output than this many bytes ends the program.</param>
    /// <param name="strict">Anything it says is a failure: it goes on after most damage, and fills up what is missing.</param>
    /// <param name="limits">Null for those of a clip.</param>
    /// <param name="length">Where it knows how many bytes will come they are in memory once, and else up to three times.</param>
    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="MediaException">It is not installed, failed, wrote too much, or took longer than its limit.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the program is killed.</exception>
    public static async Task<byte[]> StreamAsync(
        string program, IEnumerable<string> arguments, IAsyncEnumerable<ReadOnlyMemory<byte>> input,
        long maxOutput, CancellationToken cancellationToken, bool strict = false,
        ProcessLimits? limits = null, OutputLength? length = null)
    {
        limits ??= ProcessLimits.Clip;
        cancellationToken.ThrowIfCancellationRequested();
        using Process process = await LimitedProcess.StartAsync(program, arguments, limits.AddressSpace);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limits.Time);
        try
        {
            Task writing = FeedAsync(process, input, end.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(end.Token);
            byte[] output = await ReadAsync(process, program, maxOutput, length, end.Token);
            await writing;
            await process.WaitForExitAsync(end.Token);
            string said = await errors;
            if (process.ExitCode != 0 || (strict && said.Length > 0)) throw new MediaException($"{program}: {Causes(said)}");
            return output;
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested && end.IsCancellationRequested)
        {
            throw new MediaException($"{program}: ended after {limits.Time.TotalSeconds} s, the most that it may take", error);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static async Task FeedAsync(Process process, IAsyncEnumerable<ReadOnlyMemory<byte>> input, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (ReadOnlyMemory<byte> block in input.WithCancellation(cancellationToken))
            {
                if (!await WriteAsync(block)) return;
            }
        }
        finally
        {
            // Also when the input breaks off: a program that waits for more would be waited for.
            _ = await WriteAsync(null);
        }

        async Task<bool> WriteAsync(ReadOnlyMemory<byte>? block)
        {
            try
            {
                if (block is { } bytes) await process.StandardInput.BaseStream.WriteAsync(bytes, cancellationToken);
                else process.StandardInput.Close();
                return true;
            }
            catch (IOException)
            {
                // It stopped reading: its exit status and last lines say why.
                return false;
            }
        }
    }

    private static async Task<byte[]> ReadAsync(
        Process process, string program, long maxOutput, OutputLength? length, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        int read;
        while ((read = await process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (output.Length + read > maxOutput) throw new MediaException($"{program}: gave more than {maxOutput} bytes");
            if (output.Length == 0 && length?.Invoke(buffer.AsSpan(0, read)) is { } known && known >= read && known <= maxOutput)
            {
                // What an earlier large output has left is given back first: by itself it would stay for long.
                if (known >= LargeOutput) GC.Collect();
                output.Capacity = known;
            }

            output.Write(buffer, 0, read);
        }

        return output.Length == output.Capacity ? output.GetBuffer() : output.ToArray();
    }

    // The first lines say what is wrong, the last ones only that something was.
    private static string Causes(string errors)
    {
        string[] lines = Address().Replace(errors, "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.Length == 0 ? "failed without a word" : string.Join("; ", lines.Distinct(StringComparer.Ordinal).Take(LinesOfErrors));
    }

    // "[png @ 0x5647b4fa7400]": each of its threads has another, and says the same.
    [GeneratedRegex(" @ 0x[0-9a-f]+")]
    private static partial Regex Address();
}
