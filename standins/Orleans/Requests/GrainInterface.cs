using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>A grain interface: its methods and the class of its references.</summary>
internal sealed class GrainInterface
{
    private static readonly ConcurrentDictionary<Type, Lazy<GrainInterface>> s_all = new();

    private readonly Lazy<Func<GrainId, ICaller, GrainInterface, GrainReference>> _make;

    private GrainInterface(Type type)
    {
        if (!type.IsInterface || !typeof(IAddressable).IsAssignableFrom(type))
        {
            throw new ArgumentException($"{type} is not a grain interface.", nameof(type));
        }

        Type = type;
        InterfaceType = GrainInterfaceType.Create(type.GetCustomAttribute<AliasAttribute>()?.Alias ?? type.FullName!);
        Methods = [.. type.GetInterfaces().Prepend(type).SelectMany(t => t.GetMethods()).Where(m => m.IsAbstract).Select(m => new GrainMethod(m))];
        _make = new(() => Constructor(ReferenceClass.Build(type, Methods)));
    }

    internal Type Type { get; }

    internal GrainInterfaceType InterfaceType { get; }

    internal GrainMethod[] Methods { get; }

    internal static GrainInterface Of(Type type) => s_all.GetOrAdd(type, static t => new(() => new GrainInterface(t))).Value;

    internal GrainReference Make(GrainId grainId, ICaller caller) => _make.Value(grainId, caller, this);

    private static Func<GrainId, ICaller, GrainInterface, GrainReference> Constructor(Type type)
    {
        var arguments = new[] { Expression.Parameter(typeof(GrainId)), Expression.Parameter(typeof(ICaller)), Expression.Parameter(typeof(GrainInterface)) };
        var make = Expression.New(type.GetConstructors()[0], arguments);
        return Expression.Lambda<Func<GrainId, ICaller, GrainInterface, GrainReference>>(make, arguments).Compile();
    }
}
