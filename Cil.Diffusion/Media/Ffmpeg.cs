using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Cil.Diffusion.Media;

/// <summary>Runs the ffmpeg and ffprobe programs: arguments as a list, never through a shell; bytes in, bytes out.</summary>
public static partial class Ffmpeg
{
    private const int LinesOfErrors = 4;

    /// <param name="input">Written to its standard input.</param>
    /// <inheritdoc cref="StreamAsync(string, IEnumerable{string}, IAsyncEnumerable{ReadOnlyMemory{byte}}, long, CancellationToken, bool)"/>
    public static Task<byte[]> RunAsync(
        string program, IEnumerable<string> arguments, ReadOnlyMemory<byte> input, long maxOutput, CancellationToken cancellationToken, bool strict = false) =>
        StreamAsync(program, arguments, new[] { input }.ToAsyncEnumerable(), maxOutput, cancellationToken, strict);

    /// <param name="program">"ffmpeg" or "ffprobe".</param>
    /// <param name="arguments">One entry an argument.</param>
    /// <param name="input">Written to its standard input, block by block; what it throws ends the program.</param>
    /// <param name="maxOutput">More output than this many bytes ends the program.</param>
    /// <param name="strict">Anything it says is a failure: it goes on after most damage, and fills up what is missing.</param>
    /// <returns>What it wrote to its standard output.</returns>
    /// <exception cref="MediaException">It is not installed, failed, or wrote too much.</exception>
    public static async Task<byte[]> StreamAsync(
        string program, IEnumerable<string> arguments, IAsyncEnumerable<ReadOnlyMemory<byte>> input, long maxOutput, CancellationToken cancellationToken, bool strict = false)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Start(start);
        try
        {
            Task writing = FeedAsync(process, input, cancellationToken);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
            byte[] output = await ReadAsync(process, maxOutput, cancellationToken);
            await writing;
            await process.WaitForExitAsync(cancellationToken);
            string said = await errors;
            if (process.ExitCode != 0 || (strict && said.Length > 0)) throw new MediaException($"{program}: {Causes(said)}");
            return output;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new MediaException($"the program {start.FileName} cannot be started ({error.Message}); install the Debian package ffmpeg", error);
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

    private static async Task<byte[]> ReadAsync(Process process, long maxOutput, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (output.Length + read > maxOutput) throw new MediaException($"{process.StartInfo.FileName}: gave more than {maxOutput} bytes");
            output.Write(buffer, 0, read);
        }

        return output.ToArray();
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
