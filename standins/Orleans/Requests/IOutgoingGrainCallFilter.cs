namespace Orleans;

/// <summary>Runs around each call that leaves a silo's grains or a client.</summary>
public interface IOutgoingGrainCallFilter
{
    /// <summary>Does its part and awaits <see cref="IGrainCallContext.Invoke"/>.</summary>
    Task Invoke(IOutgoingGrainCallContext context);
}
