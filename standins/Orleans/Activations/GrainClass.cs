using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Configuration;
using Orleans.Placement;

namespace Orleans.Runtime;

/// <summary>A grain class: its name in ids, its interfaces, its placement, and how it is made.</summary>
internal sealed class GrainClass
{
    private const string Suffix = "grain";

    private readonly ConstructorInfo _constructor;
    private readonly Func<Activation, object?>[] _arguments;

    internal GrainClass(Type type)
    {
        Type = type;
        GrainType = type.GetCustomAttribute<GrainTypeAttribute>()?.GrainType ?? NameOf(type);
        Interfaces = [.. type.GetInterfaces().Where(i => i != typeof(IAddressable) && typeof(IAddressable).IsAssignableFrom(i) && i.Namespace != "Orleans")];
        MainInterface = Interfaces.FirstOrDefault(i => typeof(IGrain).IsAssignableFrom(i)) ?? Interfaces.First();
        IsReentrant = type.IsDefined(typeof(ReentrantAttribute), inherit: true);
        Placement = type.GetCustomAttribute<PlacementAttribute>()?.PlacementStrategy ?? RandomPlacement.Singleton;
        AgeLimit = type.GetCustomAttribute<CollectionAgeLimitAttribute>()?.AgeLimit;
        _constructor = type.GetConstructors().OrderByDescending(c => c.GetParameters().Length).FirstOrDefault()
            ?? throw new OrleansConfigurationException($"Grain class {type} has no public constructor.");
        _arguments = [.. _constructor.GetParameters().Select(ArgumentOf)];
    }

    internal Type Type { get; }

    internal GrainType GrainType { get; }

    internal Type[] Interfaces { get; }

    internal Type MainInterface { get; }

    internal bool IsReentrant { get; }

    internal PlacementStrategy Placement { get; }

    internal TimeSpan? AgeLimit { get; }

    internal object Create(Activation activation) =>
        _constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. _arguments.Select(a => a(activation))], null);

    // As the original names types, so that ids in storage fit both engines.
    private static GrainType NameOf(Type type)
    {
        var name = type.Name.ToLowerInvariant();
        return GrainType.Create(name.Length > Suffix.Length && name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name);
    }

    private static Func<Activation, object?> ArgumentOf(ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        if (parameter.GetCustomAttribute<PersistentStateAttribute>() is { } state)
        {
            if (!type.IsGenericType || type.GetGenericTypeDefinition() != typeof(IPersistentState<>))
            {
                throw new ArgumentException($"Parameter '{parameter.Name}' on the constructor for '{parameter.Member.DeclaringType}' has an unsupported type, '{type}'. It must be an IPersistentState<T> because it has a [PersistentState] attribute.");
            }

            var create = typeof(IPersistentStateFactory).GetMethod(nameof(IPersistentStateFactory.Create))!.MakeGenericMethod(type.GetGenericArguments());
            return activation => create.Invoke(
                activation.ActivationServices.GetRequiredService<IPersistentStateFactory>(),
                BindingFlags.DoNotWrapExceptions,
                null,
                [activation, state],
                null);
        }

        if (type == typeof(IGrainContext))
        {
            return static activation => activation;
        }

        if (parameter.GetCustomAttribute<FromKeyedServicesAttribute>() is { Key: { } key })
        {
            return activation => ((IKeyedServiceProvider)activation.ActivationServices).GetRequiredKeyedService(type, key);
        }

        return parameter.HasDefaultValue
            ? activation => activation.ActivationServices.GetService(type) ?? parameter.DefaultValue
            : activation => activation.ActivationServices.GetRequiredService(type);
    }
}
