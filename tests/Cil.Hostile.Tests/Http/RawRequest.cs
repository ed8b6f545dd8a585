using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Cil.Hostile.Tests.Http;

/// <summary>Bytes on a connection of their own, which no client would send.</summary>
internal static partial class RawRequest
{
    // After the hostile bytes: whatever they were, the connection is to be over behind this.
    private static readonly byte[] Last = Encoding.ASCII.GetBytes(
        "\r\n\r\nGET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");

    // Whoever waits for the rest of a body is told that none comes.
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(150);

    /// <summary>The answers, to the end of the connection: status and body of each, where the server gave any.</summary>
    internal static async Task<IReadOnlyList<(int Status, byte[] Body)>> SendAsync(
        Uri service, byte[] bytes, CancellationToken cancellationToken)
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(service.Host, service.Port, cancellationToken);
        var received = new MemoryStream();
        try
        {
            await client.Client.SendAsync(new byte[][] { bytes, Last }.SelectMany(part => part).ToArray(), cancellationToken);
            Task reading = client.GetStream().CopyToAsync(received, cancellationToken);
            if (await Task.WhenAny(reading, Task.Delay(Silence, cancellationToken)) != reading) client.Client.Shutdown(SocketShutdown.Send);
            await reading;
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            // Closed by the server: what it had said before counts.
        }

        return [.. Split(received.ToArray())];
    }

    private static IEnumerable<(int Status, byte[] Body)> Split(byte[] received)
    {
        // Latin-1 keeps the places of bytes.
        string text = Encoding.Latin1.GetString(received);
        MatchCollection heads = Head().Matches(text);
        for (int i = 0; i < heads.Count; i++)
        {
            int from = heads[i].Index + heads[i].Length, to = i + 1 < heads.Count ? heads[i + 1].Index : received.Length;
            yield return (int.Parse(heads[i].Groups["status"].ValueSpan, CultureInfo.InvariantCulture), received[from..to]);
        }
    }

    [GeneratedRegex(@"HTTP/1\.1 (?<status>\d{3}) [^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n")]
    private static partial Regex Head();
}
