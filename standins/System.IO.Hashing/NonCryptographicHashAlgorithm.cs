namespace System.IO.Hashing;

/// <summary>A hash that finds accidents, not attacks; data comes in pieces and the hash can be read in between.</summary>
public abstract class NonCryptographicHashAlgorithm
{
    // How much of a stream is read at once.
    private const int StreamBuffer = 64 * 1024;

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="hashLengthInBytes"/> is less than 1</exception>
    protected NonCryptographicHashAlgorithm(int hashLengthInBytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hashLengthInBytes, 1);
        HashLengthInBytes = hashLengthInBytes;
    }

    /// <summary>The number of bytes that the hash has.</summary>
    public int HashLengthInBytes { get; }

    /// <summary>Adds data.</summary>
    public abstract void Append(ReadOnlySpan<byte> source);

    /// <summary>Forgets all data.</summary>
    public abstract void Reset();

    /// <summary>Writes the hash of the data so far; <paramref name="destination"/> has exactly its length.</summary>
    protected abstract void GetCurrentHashCore(Span<byte> destination);

    /// <summary>Writes the hash and forgets all data.</summary>
    protected virtual void GetHashAndResetCore(Span<byte> destination)
    {
        GetCurrentHashCore(destination);
        Reset();
    }

    /// <exception cref="ArgumentNullException"><paramref name="source"/> is null</exception>
    public void Append(byte[] source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Append((ReadOnlySpan<byte>)source);
    }

    /// <summary>Adds what is left of a stream.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is null</exception>
    public void Append(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] buffer = new byte[StreamBuffer];
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer)) Append(buffer.AsSpan(0, read));
    }

    /// <inheritdoc cref="Append(Stream)"/>
    public async Task AppendAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        byte[] buffer = new byte[StreamBuffer];
        for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            Append(buffer.AsSpan(0, read));
        }
    }

    public byte[] GetCurrentHash()
    {
        byte[] hash = new byte[HashLengthInBytes];
        GetCurrentHashCore(hash);
        return hash;
    }

    public bool TryGetCurrentHash(Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        if (destination.Length < HashLengthInBytes) return false;
        bytesWritten = GetCurrentHash(destination);
        return true;
    }

    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short</exception>
    public int GetCurrentHash(Span<byte> destination)
    {
        GetCurrentHashCore(Fitting(destination));
        return HashLengthInBytes;
    }

    public byte[] GetHashAndReset()
    {
        byte[] hash = new byte[HashLengthInBytes];
        GetHashAndResetCore(hash);
        return hash;
    }

    public bool TryGetHashAndReset(Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        if (destination.Length < HashLengthInBytes) return false;
        bytesWritten = GetHashAndReset(destination);
        return true;
    }

    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short</exception>
    public int GetHashAndReset(Span<byte> destination)
    {
        GetHashAndResetCore(Fitting(destination));
        return HashLengthInBytes;
    }

    private Span<byte> Fitting(Span<byte> destination) =>
        destination.Length >= HashLengthInBytes
            ? destination[..HashLengthInBytes]
            : throw new ArgumentException(
                $"destination: expected at least {HashLengthInBytes} bytes, got {destination.Length}", nameof(destination));
}
