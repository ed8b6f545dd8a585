namespace Cil.Client.Jobs;

/// <summary>Copies streams and tells how far they are.</summary>
internal static class StreamTransfer
{
    private const int Piece = 1 << 16;

    /// <param name="done">Bytes that were copied before.</param>
    internal static async Task<long> CopyAsync(
        Stream source, Stream destination, long done, long? total, IProgress<TransferProgress>? progress,
        CancellationToken cancellationToken)
    {
        byte[] piece = new byte[Piece];
        while (await source.ReadAsync(piece, cancellationToken) is > 0 and var read)
        {
            await destination.WriteAsync(piece.AsMemory(0, read), cancellationToken);
            done += read;
            progress?.Report(new TransferProgress(done, total));
        }

        return done;
    }
}
