namespace Orleans;

/// <summary>Stages of a silo's life.</summary>
public static class ServiceLifecycleStage
{
    /// <summary>Before all others.</summary>
    public const int First = int.MinValue;

    /// <summary>The runtime is made.</summary>
    public const int RuntimeInitialize = 2000;

    /// <summary>The runtime's services.</summary>
    public const int RuntimeServices = 4000;

    /// <summary>Storage.</summary>
    public const int RuntimeStorageServices = 6000;

    /// <summary>Services that grains need, reminders among them.</summary>
    public const int RuntimeGrainServices = 8000;

    /// <summary>After the services that grains need.</summary>
    public const int AfterRuntimeGrainServices = 8100;

    /// <summary>The application's services.</summary>
    public const int ApplicationServices = 10000;

    /// <summary>The silo joins the cluster.</summary>
    public const int BecomeActive = Active - 1;

    /// <summary>The silo serves requests.</summary>
    public const int Active = 20000;

    /// <summary>After all others.</summary>
    public const int Last = int.MaxValue;
}
