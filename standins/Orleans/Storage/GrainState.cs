namespace Orleans;

/// <summary>State on its way to or from storage.</summary>
public sealed class GrainState<T> : IGrainState<T>
{
    /// <summary>Empty.</summary>
    public GrainState()
    {
        State = default;
    }

    /// <summary>With a state.</summary>
    public GrainState(T? state)
    {
        State = state;
    }

    /// <summary>With a state and a version.</summary>
    public GrainState(T? state, string? eTag)
    {
        State = state;
        ETag = eTag;
    }

    /// <inheritdoc/>
    public T? State { get; set; }

    /// <inheritdoc/>
    public string? ETag { get; set; }

    /// <inheritdoc/>
    public bool RecordExists { get; set; }
}
