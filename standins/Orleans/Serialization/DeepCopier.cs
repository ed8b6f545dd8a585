using System.Collections.Concurrent;

namespace Orleans.Serialization;

/// <summary>
/// Copies what travels in a request, so that caller and grain share no object. What cannot travel between processes
/// is refused here too: a type must be known to the serializer or be marked [GenerateSerializer].
/// </summary>
internal static class DeepCopier
{
    private static readonly ConcurrentDictionary<Type, CopierOf> s_copiers = new();

    internal delegate object CopierOf(object value, Dictionary<object, object> copied);

    /// <summary>True for types whose values are the same object on both sides.</summary>
    internal static bool IsNeverCopied(Type type) => type.IsValueType && CopierFor(type) == KnownTypes.Shared;

    /// <summary>A copy of the value's whole graph; an object met twice is copied once.</summary>
    /// <exception cref="CodecNotFoundException">A type in the graph may not travel.</exception>
    internal static object? Copy(object? value)
    {
        if (value is null)
        {
            return null;
        }

        var copier = CopierFor(value.GetType());
        return copier == KnownTypes.Shared ? value : copier(value, new Dictionary<object, object>(ReferenceEqualityComparer.Instance));
    }

    internal static object? Copy(object? value, Dictionary<object, object> copied)
    {
        if (value is null)
        {
            return null;
        }

        var copier = CopierFor(value.GetType());
        return copier == KnownTypes.Shared ? value
            : copied.TryGetValue(value, out var done) ? done
            : copier(value, copied);
    }

    private static CopierOf CopierFor(Type type) => s_copiers.GetOrAdd(type, static t => KnownTypes.CopierOf(t) ?? MarkedType.CopierOf(t)
        ?? throw new CodecNotFoundException($"Could not find a copier for type {t}."));
}
