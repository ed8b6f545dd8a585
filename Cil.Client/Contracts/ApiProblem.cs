namespace Cil.Client.Contracts;

/// <summary>The body of every answer that is no success: a problem of RFC 9457 with a code and the fields' errors.</summary>
public sealed record ApiProblem
{
    public const string MediaType = "application/problem+json";

    public const string InvalidRequest = "invalid_request", Unauthorized = "unauthorized",
        Forbidden = "forbidden", NotFound = "not_found", MethodNotAllowed = "method_not_allowed", Conflict = "conflict",
        TooLarge = "too_large", UnsupportedMediaType = "unsupported_media_type",
        RangeNotSatisfiable = "range_not_satisfiable", Mismatch = "idempotency_mismatch", RateLimited = "rate_limited",
        QueueFull = "queue_full", QuotaExceeded = "quota_exceeded",
        StorageFull = "storage_full", Unavailable = "unavailable", Internal = "internal_error";

    /// <summary>"about:blank": the status says what kind it is, the code more.</summary>
    public string Type { get; init; } = "about:blank";

    public string? Title { get; init; }

    public int Status { get; init; }

    /// <summary>For people.</summary>
    public string? Detail { get; init; }

    /// <summary>For programs: one of the constants here.</summary>
    public string? Code { get; init; }

    /// <summary>Each thing wrong with the request; absent where no field is to blame.</summary>
    public IReadOnlyList<ApiFieldError>? Errors { get; init; }

    /// <summary>Names the request in the service's log.</summary>
    public string? TraceId { get; init; }
}
