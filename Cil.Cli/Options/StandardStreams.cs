using System.Text;

namespace Cil.Cli.Options;

/// <summary>
/// Standard output and error as terminals and full disks need them: control characters of prompts, tenants and files' names are
/// spelt out; where standard error cannot be written to, the work goes on without it.
/// </summary>
internal static class StandardStreams
{
    internal static void Guard()
    {
        Console.SetOut(new Guarded(Writer(Console.OpenStandardOutput()), isNeeded: true));
        Console.SetError(new Guarded(Writer(Console.OpenStandardError()), isNeeded: false));
    }

    private static StreamWriter Writer(
        Stream stream) => new(stream, Console.OutputEncoding is UTF8Encoding
            ? new UTF8Encoding(false)
            : Console.OutputEncoding, bufferSize: 1024)
        { AutoFlush = true };

    /// <param name="inner">Where it goes.</param>
    /// <param name="isNeeded">Whether the program cannot be said to have done its work when this cannot be written.</param>
    private sealed class Guarded(StreamWriter inner, bool isNeeded) : TextWriter
    {
        private bool isBroken;

        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value) => Write([value]);

        public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

        public override void Write(string? value) => Write(value.AsSpan());

        public override void WriteLine(string? value) => Write($"{value}{NewLine}".AsSpan());

        public override void WriteLine(ReadOnlySpan<char> buffer) => Write($"{buffer}{NewLine}".AsSpan());

        public override void Write(ReadOnlySpan<char> buffer)
        {
            if (isBroken) return;
            try
            {
                inner.Write(PrintableText.OfLines(buffer));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                isBroken = true;
                if (isNeeded) throw new CommandFailedException($"standard output cannot be written to: {error.Message}");
            }
        }
    }
}
