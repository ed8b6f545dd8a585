namespace Orleans;

/// <summary>Runs around each call of a grain, on the grain. A service, or the grain itself.</summary>
public interface IIncomingGrainCallFilter
{
    /// <summary>Does its part and awaits <see cref="IGrainCallContext.Invoke"/>.</summary>
    Task Invoke(IIncomingGrainCallContext context);
}
