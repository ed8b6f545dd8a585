using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Numerics;
using System.Reflection;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Orleans.Serialization;

/// <summary>Types that travel without a mark of ours: those the original has codecs for.</summary>
internal static class KnownTypes
{
    private static readonly FrozenSet<Type> s_values = new[]
    {
        typeof(string), typeof(decimal), typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan),
        typeof(Guid), typeof(Half), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(Uri), typeof(Version), typeof(CultureInfo),
        typeof(IPAddress), typeof(IPEndPoint), typeof(CancellationToken), typeof(GrainId), typeof(GrainType), typeof(IdSpan),
        typeof(GrainInterfaceType), typeof(SiloAddress), typeof(ReadOnlyMemory<byte>),
    }.ToFrozenSet();

    private static readonly FrozenSet<Type> s_tuples = new[]
    {
        typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>), typeof(Tuple<,,,,>), typeof(Tuple<,,,,,>),
        typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>), typeof(ValueTuple<,,,,>),
        typeof(ValueTuple<,,,,,>), typeof(KeyValuePair<,>),
    }.ToFrozenSet();

    /// <summary>Not copied: both sides may hold the same object.</summary>
    internal static DeepCopier.CopierOf Shared { get; } = static (value, _) => value;

    internal static DeepCopier.CopierOf? CopierOf(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || s_values.Contains(type)
            || type.IsDefined(typeof(ImmutableAttribute), inherit: false)
            || typeof(Type).IsAssignableFrom(type)
            || typeof(IAddressable).IsAssignableFrom(type)
            || typeof(Exception).IsAssignableFrom(type)
            || typeof(IPAddress).IsAssignableFrom(type))
        {
            return Shared;
        }

        if (type.IsArray)
        {
            return Array(type.GetElementType()!);
        }

        if (!type.IsGenericType)
        {
            return null;
        }

        var open = type.GetGenericTypeDefinition();
        var arguments = type.GetGenericArguments();
        return
            open == typeof(Immutable<>) ? Shared
            : open == typeof(List<>) ? Closed(nameof(List), arguments)
            : open == typeof(Dictionary<,>) ? Closed(nameof(Dictionary), arguments)
            : open == typeof(SortedDictionary<,>) ? Closed(nameof(SortedDictionary), arguments)
            : open == typeof(HashSet<>) ? Closed(nameof(HashSet), arguments)
            : open == typeof(Queue<>) ? Closed(nameof(Queue), arguments)
            : open == typeof(ImmutableArray<>) ? Closed(nameof(ImmutableArray), arguments)
            : open == typeof(ImmutableList<>) ? Closed(nameof(ImmutableList), arguments)
            : open == typeof(ImmutableDictionary<,>) ? Closed(nameof(ImmutableDictionary), arguments)
            : s_tuples.Contains(open) ? Tuple(type)
            : IsCollectionExpression(type) ? Closed(nameof(CollectionExpression), arguments)
            : null;
    }

    // What the compiler makes of [a, b] where a read-only interface is asked for: nobody can change it, but its items may change.
    private static bool IsCollectionExpression(Type type) => type.Name.StartsWith("<>z__ReadOnly", StringComparison.Ordinal) && type.GetGenericArguments().Length == 1;

    private static DeepCopier.CopierOf Array(Type element)
    {
        if (element.IsPrimitive || element.IsEnum || s_values.Contains(element))
        {
            return static (value, _) => ((Array)value).Clone();
        }

        return static (value, copied) =>
        {
            var copy = (Array)((Array)value).Clone();
            copied[value] = copy;
            if (copy.Rank != 1)
            {
                throw new CodecNotFoundException($"Could not find a copier for type {value.GetType()}.");
            }

            for (var i = 0; i < copy.Length; i++)
            {
                copy.SetValue(DeepCopier.Copy(copy.GetValue(i), copied), i);
            }

            return copy;
        };
    }

    private static DeepCopier.CopierOf Closed(string name, Type[] arguments) =>
        typeof(KnownTypes).GetMethod(name, arguments.Length, BindingFlags.NonPublic | BindingFlags.Static, null, [typeof(object), typeof(Dictionary<object, object>)], null)!
            .MakeGenericMethod(arguments)
            .CreateDelegate<DeepCopier.CopierOf>();

    private static DeepCopier.CopierOf Tuple(Type type)
    {
        var constructor = type.GetConstructor(type.GetGenericArguments())!;
        var members = constructor.GetParameters().Select(p =>
            type.GetField(p.Name!, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance) is { } field
                ? field.GetValue
                : (Func<object, object?>)type.GetProperty(p.Name!, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)!.GetValue).ToArray();
        return (value, copied) => constructor.Invoke([.. members.Select(get => DeepCopier.Copy(get(value), copied))]);
    }

#pragma warning disable CA1859 // All have the type of DeepCopier.CopierOf.
    private static T Item<T>(T item, Dictionary<object, object> copied) => (T)DeepCopier.Copy(item, copied)!;

    private static object List<T>(object value, Dictionary<object, object> copied)
    {
        var source = (List<T>)value;
        var copy = new List<T>(source.Count);
        copied[value] = copy;
        foreach (var item in source)
        {
            copy.Add(Item(item, copied));
        }

        return copy;
    }

    private static object CollectionExpression<T>(object value, Dictionary<object, object> copied) =>
        ((IReadOnlyList<T>)value).Select(item => Item(item, copied)).ToArray();

    private static object Dictionary<TKey, TValue>(object value, Dictionary<object, object> copied)
        where TKey : notnull
    {
        var source = (Dictionary<TKey, TValue>)value;
        var copy = new Dictionary<TKey, TValue>(source.Count, source.Comparer);
        copied[value] = copy;
        foreach (var pair in source)
        {
            copy.Add(Item(pair.Key, copied), Item(pair.Value, copied));
        }

        return copy;
    }

    private static object SortedDictionary<TKey, TValue>(object value, Dictionary<object, object> copied)
        where TKey : notnull
    {
        var source = (SortedDictionary<TKey, TValue>)value;
        var copy = new SortedDictionary<TKey, TValue>(source.Comparer);
        copied[value] = copy;
        foreach (var pair in source)
        {
            copy.Add(Item(pair.Key, copied), Item(pair.Value, copied));
        }

        return copy;
    }

    private static object HashSet<T>(object value, Dictionary<object, object> copied)
    {
        var source = (HashSet<T>)value;
        var copy = new HashSet<T>(source.Count, source.Comparer);
        copied[value] = copy;
        foreach (var item in source)
        {
            copy.Add(Item(item, copied));
        }

        return copy;
    }

    private static object Queue<T>(object value, Dictionary<object, object> copied)
    {
        var copy = new Queue<T>();
        copied[value] = copy;
        foreach (var item in (Queue<T>)value)
        {
            copy.Enqueue(Item(item, copied));
        }

        return copy;
    }

    private static object ImmutableArray<T>(object value, Dictionary<object, object> copied)
    {
        var source = (ImmutableArray<T>)value;
        return source.IsDefault ? source : System.Collections.Immutable.ImmutableArray.CreateRange(source, item => Item(item, copied));
    }

    private static object ImmutableList<T>(object value, Dictionary<object, object> copied) =>
        System.Collections.Immutable.ImmutableList.CreateRange(((ImmutableList<T>)value).Select(item => Item(item, copied)));

    private static object ImmutableDictionary<TKey, TValue>(object value, Dictionary<object, object> copied)
        where TKey : notnull =>
        System.Collections.Immutable.ImmutableDictionary.CreateRange(((ImmutableDictionary<TKey, TValue>)value).Select(pair => KeyValuePair.Create(Item(pair.Key, copied), Item(pair.Value, copied))));
}
