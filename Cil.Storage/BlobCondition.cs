namespace Cil.Storage;

/// <summary>When a put may happen. The default is always.</summary>
public readonly record struct BlobCondition
{
    /// <summary>The ETag the blob must have.</summary>
    public string? IfMatch { get; init; }

    /// <summary>Only if there is no such blob yet.</summary>
    public bool IfAbsent { get; init; }

    public static BlobCondition Absent => new() { IfAbsent = true };

    public static BlobCondition Matches(string etag) => new() { IfMatch = etag };
}
