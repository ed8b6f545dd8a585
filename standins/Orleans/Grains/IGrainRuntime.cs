using Orleans.Timers;

namespace Orleans.Runtime;

/// <summary>What the silo offers to its grains.</summary>
public interface IGrainRuntime
{
    /// <summary>Makes references to grains.</summary>
    IGrainFactory GrainFactory { get; }

    /// <summary>The silo's services.</summary>
    IServiceProvider ServiceProvider { get; }

    /// <summary>Where this silo is.</summary>
    SiloAddress SiloAddress { get; }

    /// <summary>The silo's identity as text.</summary>
    string SiloIdentity { get; }

    /// <summary>The silo's clock.</summary>
    TimeProvider TimeProvider { get; }

    /// <summary>Makes timers.</summary>
    ITimerRegistry TimerRegistry { get; }

    /// <summary>Deactivates an activation when its requests are done.</summary>
    void DeactivateOnIdle(IGrainContext grainContext);

    /// <summary>Keeps an activation from being collected.</summary>
    void DelayDeactivation(IGrainContext grainContext, TimeSpan timeSpan);
}
