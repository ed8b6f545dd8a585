using System.Collections.Concurrent;
using System.Reflection;

namespace Orleans.Runtime;

/// <summary>The grain classes of the process: those in assemblies that use Orleans.</summary>
internal static class GrainClasses
{
    private static readonly Lock s_gate = new();
    private static readonly HashSet<Assembly> s_seen = [];
    private static readonly ConcurrentDictionary<GrainType, GrainClass> s_byName = new();
    private static readonly ConcurrentDictionary<(Type, string?), GrainClass> s_byInterface = new();

    /// <summary>The class that implements the interface.</summary>
    /// <exception cref="ArgumentException">None does, or several do and the prefix does not choose.</exception>
    internal static GrainClass Implementing(Type face, string? prefix)
    {
        if (s_byInterface.TryGetValue((face, prefix), out var known))
        {
            return known;
        }

        Scan();
        var all = s_byName.Values.Where(c => face.IsAssignableFrom(c.Type)).ToArray();
        var found = prefix is null ? all : [.. all.Where(c => c.Type.FullName!.StartsWith(prefix, StringComparison.Ordinal))];
        if (found.Length == 0)
        {
            throw new ArgumentException(prefix is null
                ? $"Could not find an implementation for interface {face.FullName}"
                : $"Could not find an implementation matching prefix \"{prefix}\" for interface {face.FullName}");
        }

        return found.Length == 1
            ? s_byInterface[(face, prefix)] = found[0]
            : throw new ArgumentException($"Unable to identify a single appropriate grain type for interface {face.FullName} with implementation prefix \"{prefix}\". Candidates: {string.Join(", ", found.Select(c => c.GrainType))}");
    }

    /// <summary>The class of that name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static GrainClass Named(GrainType type)
    {
        if (!s_byName.TryGetValue(type, out var found))
        {
            Scan();
            found = s_byName.GetValueOrDefault(type) ?? throw new ArgumentException($"Could not find an implementation for grain type {type}");
        }

        return found;
    }

    // Referenced assemblies are loaded only when first used, so references are followed.
    private static void Scan()
    {
        lock (s_gate)
        {
            var open = new Queue<Assembly>(AppDomain.CurrentDomain.GetAssemblies().Where(a => !a.IsDynamic));
            while (open.TryDequeue(out var assembly))
            {
                if (!UsesOrleans(assembly) || !s_seen.Add(assembly))
                {
                    continue;
                }

                foreach (var type in Types(assembly).Where(IsGrainClass))
                {
                    Add(new GrainClass(type));
                }

                foreach (var name in assembly.GetReferencedAssemblies().Where(n => !IsFramework(n.Name!)))
                {
                    if (Load(name) is { } referenced)
                    {
                        open.Enqueue(referenced);
                    }
                }
            }
        }
    }

    private static void Add(GrainClass added)
    {
        if (!s_byName.TryAdd(added.GrainType, added))
        {
            throw new OrleansConfigurationException($"Grain classes {s_byName[added.GrainType].Type} and {added.Type} have the same grain type, {added.GrainType}.");
        }
    }

    private static bool IsGrainClass(Type type) =>
        type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
        && typeof(IGrain).IsAssignableFrom(type)
        && !typeof(GrainReference).IsAssignableFrom(type);

    private static bool UsesOrleans(Assembly assembly) =>
        assembly != typeof(GrainClasses).Assembly
        && assembly.GetReferencedAssemblies().Any(n => n.Name == typeof(GrainClasses).Assembly.GetName().Name);

    private static bool IsFramework(string name) => name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal);

    private static IEnumerable<Type> Types(Assembly assembly)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return e.Types.OfType<Type>();
        }
    }

    private static Assembly? Load(AssemblyName name)
    {
        try
        {
            return Assembly.Load(name);
        }
        catch (IOException)
        {
            // An optional dependency that is not deployed.
            return null;
        }
    }
}
