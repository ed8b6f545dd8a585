namespace Orleans;

/// <summary>A service that takes part in a life; registered, it is asked once.</summary>
public interface ILifecycleParticipant<TLifecycleObservable>
    where TLifecycleObservable : ILifecycleObservable
{
    /// <summary>Subscribes to the stages it wants.</summary>
    void Participate(TLifecycleObservable lifecycle);
}
