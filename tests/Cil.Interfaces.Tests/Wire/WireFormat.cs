using System.Globalization;
using System.Reflection;
using System.Text;
using Orleans;
using Orleans.CodeGeneration;

namespace Cil.Interfaces.Tests.Wire;

/// <summary>
/// What silos and clients of different versions must agree on, as text: aliases, members' numbers, calls, enums' numbers.
/// </summary>
internal static class WireFormat
{
    private static readonly Assembly Room = typeof(RenderJobId).Assembly;

    internal static IEnumerable<Type> Messages =>
        Room.GetTypes().Where(type => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !IsGenerated(type));

    internal static IEnumerable<Type> Grains =>
        Room.GetTypes().Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type) && !IsGenerated(type));

    internal static string Describe()
    {
        var text = new StringBuilder();
        foreach (Type type in Messages.Concat(Grains).OrderBy(AliasOf, StringComparer.Ordinal))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{AliasOf(type)}{(type.IsInterface && VersionOf(type) is var version and > 0 ? $" version {version}" : "")}\n");
            foreach (string line in type.IsInterface ? Calls(type) : type.IsEnum ? Values(type) : Members(type))
                text.Append(CultureInfo.InvariantCulture, $"  {line}\n");
        }

        return text.ToString();
    }

    internal static string? AliasOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>(inherit: false)?.Alias;

    /// <summary>Members that are sent, with their numbers.</summary>
    internal static IEnumerable<(uint Id, PropertyInfo Member)> Numbered(Type type) => Declared(type)
        .Where(member => member.IsDefined(typeof(IdAttribute), inherit: false))
        .Select(member => (member.GetCustomAttribute<IdAttribute>()!.Id, member));

    /// <summary>Members that hold something and have no number: they would be lost on the wire.</summary>
    internal static IEnumerable<PropertyInfo> Unnumbered(Type type) => Declared(type)
        .Where(member => !member.IsDefined(typeof(IdAttribute), inherit: false))
        .Where(member => type.GetField($"<{member.Name}>k__BackingField", BindingFlags.Instance | BindingFlags.NonPublic) is not null);

    private static PropertyInfo[] Declared(Type type) =>
        type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly);

    private static IEnumerable<string> Members(Type type) =>
        Numbered(type).OrderBy(pair => pair.Id).Select(pair => $"{pair.Id} {pair.Member.Name}: {Name(pair.Member.PropertyType)}");

    private static IEnumerable<string> Values(Type type) => Enum.GetValues(type).Cast<Enum>()
        .Select(value => $"{Convert.ToInt64(value, CultureInfo.InvariantCulture)} {value}");

    /// <summary>The version of a grain's calls. A grain that is called in one goes to silos that have it or a later one.</summary>
    internal static ushort VersionOf(Type grain) => grain.GetCustomAttribute<VersionAttribute>(inherit: false)?.Version ?? 0;

    private static IEnumerable<string> Calls(Type type) => type.GetMethods()
        .Select(
            method =>
                $"{AliasOf(method)}({string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)))}): "
                    + $"{Name(method.ReturnType)}")
        .Order(StringComparer.Ordinal);

    // Types of ours by their alias: that, and not the name, is what is sent.
    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : AliasOf(type) ?? type.Name;

    // Orleans' generator puts its own code into the assembly.
    private static bool IsGenerated(Type type) => type.Namespace?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) == true;
}
