using System.Text;

namespace Cil.Storage;

/// <summary>
/// Whose a bucket or container is. No lock of an operating system reaches that far: the owner's name lies in a blob that its
/// silos renew. Whoever finds another's name takes the store only when nobody has renewed it for a while. Clocks of two
/// machines are not compared.
/// </summary>
public sealed class StoreClaim
{
    /// <summary>Where the owner's name lies.</summary>
    public const string Name = "owner";

    /// <summary>How often it is renewed.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);

    // So many renewals in a row may be late.
    private const int MissedRenewals = 6;

    private readonly IBlobStore blobs;
    private readonly string name, owner;
    private string? seen;

    private StoreClaim(IBlobStore blobs, string name, string owner) => (this.blobs, this.name, this.owner) = (blobs, name, owner);

    /// <summary>Takes the store; waits for 30 s where another owner's name is there, to see whether that one is alive.</summary>
    /// <param name="owner">Those of the same name share the store.</param>
    /// <exception cref="StoreClaimedException">Another has it.</exception>
    /// <exception cref="IOException">Storage cannot be reached.</exception>
    public static async Task<StoreClaim> TakeAsync(
        IBlobStore blobs, string owner, TimeProvider clock, string name = Name, CancellationToken cancellationToken = default)
    {
        var claim = new StoreClaim(blobs, name, owner);
        while (true)
        {
            Blob? there = await blobs.GetAsync(name, cancellationToken: cancellationToken);
            if (there is not null && Owner(there) is { Length: > 0 } other && other != owner)
                there = await claim.WatchAsync(there, clock, cancellationToken);
            if (await claim.WriteAsync(owner, there, cancellationToken)) return claim;
        }
    }

    /// <summary>Says that this owner is alive.</summary>
    /// <returns>Who has the store instead; null while it is this owner's.</returns>
    /// <exception cref="IOException">Storage cannot be reached.</exception>
    public async Task<string?> RenewAsync(CancellationToken cancellationToken = default)
    {
        Blob? there = await blobs.GetAsync(name, cancellationToken: cancellationToken);
        if (there is not null && Owner(there) is var other && other != owner) return other;
        // Another of the same name has renewed it since.
        if (there is not null && there.ETag != seen) seen = there.ETag;
        else _ = await WriteAsync(owner, there, cancellationToken);
        return null;
    }

    /// <summary>Lets the next one have the store at once. For an owner that no other shares the name with.</summary>
    /// <exception cref="IOException">Storage cannot be reached.</exception>
    public async Task ReleaseAsync(CancellationToken cancellationToken = default)
    {
        Blob? there = await blobs.GetAsync(name, cancellationToken: cancellationToken);
        if (there is not null && Owner(there) == owner) _ = await WriteAsync("", there, cancellationToken);
    }

    private static string Owner(Blob blob) => Encoding.UTF8.GetString(blob.Content.Span).Split('\n')[0];

    // The blob as it was left by an owner that is gone.
    private async Task<Blob> WatchAsync(Blob there, TimeProvider clock, CancellationToken cancellationToken)
    {
        for (int look = 0; look < MissedRenewals; look++)
        {
            await Task.Delay(Renewal, clock, cancellationToken);
            if (await blobs.GetAsync(name, cancellationToken: cancellationToken) is not { } now) return there;
            if (now.ETag != there.ETag && Owner(now) is var other)
                return other.Length == 0 || other == owner ? now : throw new StoreClaimedException(other, owner);
        }

        return there;
    }

    // False where another was faster. Each time other bytes: of the same some stores give the same ETag.
    private async Task<bool> WriteAsync(string text, Blob? over, CancellationToken cancellationToken)
    {
        try
        {
            seen = await blobs.PutAsync(
                name, Encoding.UTF8.GetBytes($"{text}\n{Guid.NewGuid():N}\n"),
                over is null ? BlobCondition.Absent : BlobCondition.Matches(over.ETag), cancellationToken);
            return true;
        }
        catch (BlobConflictException)
        {
            return false;
        }
    }
}
