using System.Diagnostics;

namespace Orleans.Runtime;

/// <summary>A grain as its callers see it. Each grain interface has a class derived from this one, made when first needed.</summary>
public class GrainReference : IAddressable, IEquatable<GrainReference>
{
    internal GrainReference(GrainId grainId, ICaller caller, GrainInterface face)
    {
        GrainId = grainId;
        Caller = caller;
        Face = face;
    }

    /// <summary>Which grain.</summary>
    public GrainId GrainId { get; }

    /// <summary>The interface's name.</summary>
    public virtual string InterfaceName => Face.Type.FullName!;

    /// <summary>The interface's name on the wire.</summary>
    public GrainInterfaceType InterfaceType => Face.InterfaceType;

    internal ICaller Caller { get; }

    internal GrainInterface Face { get; }

    /// <summary>A reference to the same grain by another interface.</summary>
    public virtual TGrainInterface Cast<TGrainInterface>()
        where TGrainInterface : IAddressable => (TGrainInterface)As(typeof(TGrainInterface));

    /// <inheritdoc/>
    public bool Equals(GrainReference? other) => other is not null && GrainId.Equals(other.GrainId);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as GrainReference);

    /// <inheritdoc/>
    public override int GetHashCode() => GrainId.GetHashCode();

    /// <inheritdoc/>
    public sealed override string ToString() => $"GrainReference:{GrainId}:{InterfaceType}";

    /// <summary>The same grain.</summary>
    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1 is null ? reference2 is null : reference1.Equals(reference2);

    /// <summary>Different grains.</summary>
    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    internal object As(Type type) => type.IsInstanceOfType(this) ? this : GrainInterface.Of(type).Make(GrainId, Caller);

    // What the derived classes' methods call, by the kind of result.
    internal void CallVoid(GrainMethod method, object?[] arguments) => _ = CallTask(method, arguments);

    internal Task CallTask(GrainMethod method, object?[] arguments) => Call.RunAsync(this, method, arguments);

    internal ValueTask CallValueTask(GrainMethod method, object?[] arguments) => new(Call.RunAsync(this, method, arguments));

    [StackTraceHidden]
    internal async Task<T> CallTaskOf<T>(GrainMethod method, object?[] arguments) =>
        (T)(await Call.RunAsync(this, method, arguments).ConfigureAwait(false))!;

    internal ValueTask<T> CallValueTaskOf<T>(GrainMethod method, object?[] arguments) => new(CallTaskOf<T>(method, arguments));

    internal IAsyncEnumerable<T> CallStream<T>(GrainMethod method, object?[] arguments) => new GrainStream<T>(this, method, arguments);
}
