using Orleans.Runtime;

namespace Orleans;

/// <summary>Ids and references of grains.</summary>
public static class GrainExtensions
{
    /// <summary>The grain's id, from a grain or a reference.</summary>
    /// <exception cref="ArgumentException">The object is neither.</exception>
    public static GrainId GetGrainId(this IAddressable grain) => grain switch
    {
        GrainReference reference => reference.GrainId,
        IGrainBase { GrainContext: { } context } => context.GrainId,
        _ => throw new ArgumentException($"GetGrainId() is only supported on Orleans grains or grain references; got {grain?.GetType()}.", nameof(grain)),
    };

    /// <summary>The key of a grain with a string key.</summary>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain.GetGrainId().Key.ToString();

    /// <summary>The key of a grain with an integer key.</summary>
    public static long GetPrimaryKeyLong(this IAddressable grain) => GrainKeys.ParseInteger(grain.GetGrainId());

    /// <summary>The key of a grain with a GUID key.</summary>
    public static Guid GetPrimaryKey(this IAddressable grain) => GrainKeys.ParseGuid(grain.GetGrainId());

    /// <summary>A reference to the grain by one of its interfaces.</summary>
    public static TGrainInterface AsReference<TGrainInterface>(this IAddressable grain) => (TGrainInterface)grain.AsReference(typeof(TGrainInterface));

    /// <inheritdoc cref="AsReference{TGrainInterface}(IAddressable)"/>
    public static object AsReference(this IAddressable grain, Type interfaceType) => grain switch
    {
        GrainReference reference => reference.As(interfaceType),
        IGrainBase { GrainContext: { } context } => context.GrainReference.As(interfaceType),
        _ => throw new ArgumentException($"AsReference() is only supported on Orleans grains or grain references; got {grain?.GetType()}.", nameof(grain)),
    };

    /// <summary>The same as <see cref="AsReference{TGrainInterface}(IAddressable)"/>.</summary>
    public static TGrainInterface Cast<TGrainInterface>(this IAddressable grain) => grain.AsReference<TGrainInterface>();
}
