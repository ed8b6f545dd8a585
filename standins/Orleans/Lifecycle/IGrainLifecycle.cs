namespace Orleans.Runtime;

/// <summary>An activation's life, in the stages of <see cref="GrainLifecycleStage"/>.</summary>
public interface IGrainLifecycle : ILifecycleObservable;
