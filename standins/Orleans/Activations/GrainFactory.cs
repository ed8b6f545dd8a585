using System.Reflection;

namespace Orleans.Runtime;

/// <summary>Makes references, for a silo or a client.</summary>
internal class GrainFactory(ICaller caller) : IGrainFactory
{
    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(primaryKey);
        return (TGrainInterface)(object)Make(typeof(TGrainInterface), primaryKey, grainClassNamePrefix);
    }

    public TGrainInterface GetGrain<TGrainInterface>(long primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithIntegerKey => (TGrainInterface)(object)Make(typeof(TGrainInterface), GrainKeys.Of(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(Guid primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithGuidKey => (TGrainInterface)(object)Make(typeof(TGrainInterface), GrainKeys.Of(primaryKey), grainClassNamePrefix);

    public TGrainInterface GetGrain<TGrainInterface>(GrainId grainId)
        where TGrainInterface : IAddressable => (TGrainInterface)(object)GrainInterface.Of(typeof(TGrainInterface)).Make(grainId, caller);

    public IGrain GetGrain(Type grainInterfaceType, string grainPrimaryKey)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(grainPrimaryKey);
        return (IGrain)Make(grainInterfaceType, grainPrimaryKey, null);
    }

    public TGrainObserverInterface CreateObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        ArgumentNullException.ThrowIfNull(obj);
        var id = caller.Gateway.Cluster.Observers.Add(obj);
        return (TGrainObserverInterface)(object)GrainInterface.Of(typeof(TGrainObserverInterface)).Make(id, caller);
    }

    public void DeleteObjectReference<TGrainObserverInterface>(IGrainObserver obj)
        where TGrainObserverInterface : IGrainObserver
    {
        var reference = obj as GrainReference ?? throw new ArgumentException("Not a reference that CreateObjectReference returned.", nameof(obj));
        caller.Gateway.Cluster.Observers.Remove(reference.GrainId);
    }

    private GrainReference Make(Type face, string key, string? prefix) =>
        GrainInterface.Of(face).Make(GrainId.Create(GrainClasses.Implementing(face, prefix).GrainType, key), caller);
}
