namespace Orleans.Runtime;

/// <summary>A grain's timer; disposing it ends it.</summary>
public interface IGrainTimer : IDisposable
{
    /// <summary>Plans the next tick after <paramref name="dueTime"/> and the later ones a <paramref name="period"/> apart.</summary>
    void Change(TimeSpan dueTime, TimeSpan period);
}
