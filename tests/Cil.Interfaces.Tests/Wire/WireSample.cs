using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans;
using Orleans.Serialization.Invocation;

namespace Cil.Interfaces.Tests.Wire;

/// <summary>
/// A message or a call with a value in every member that is sent, and what such an object holds as lines of text. Values are drawn from
/// a counter: each is another, and none is its type's default.
/// </summary>
internal sealed class WireSample
{
    private const BindingFlags Everything = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private int drawn;

    /// <summary>All messages that can be sent as they are, and all calls, by name.</summary>
    internal static IEnumerable<(string Name, Type Type)> Types =>
        WireFormat.Messages.Where(type => type is { IsAbstract: false, IsEnum: false })
            .Select(type => (Name: WireFormat.AliasOf(type)!, type))
            .Concat(Calls)
            .OrderBy(pair => pair.Name, StringComparer.Ordinal);

    private static IEnumerable<(string Name, Type Type)> Calls => typeof(RenderJobId).Assembly.GetTypes()
        .Where(type => typeof(IInvokable).IsAssignableFrom(type) && !type.IsAbstract)
        .Select(type => (Call: (IInvokable)RuntimeHelpers.GetUninitializedObject(type), Type: type))
        .Where(pair => pair.Call.GetInterfaceType() is { } grain && WireFormat.Grains.Contains(grain))
        .Select(pair => (Name(pair.Call), pair.Type));

    // With the version of the grain's calls.
    private static string Name(IInvokable call)
    {
        Type grain = call.GetInterfaceType();
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{WireFormat.AliasOf(grain)}.{WireFormat.AliasOf(call.GetMethod())} {WireFormat.VersionOf(grain)}");
    }

    internal static object Of(Type type) => new WireSample().Draw(type)!;

    /// <summary>What an object holds: a line for each value that is not its type's default, by the numbers of members.</summary>
    internal static IEnumerable<string> Lines(object? value, string path = "") => value switch
    {
        null or "" => [],
        string text => [$"{path}: {text}"],
        IDictionary pairs => pairs.Keys.Cast<object>().SelectMany(key => Lines(pairs[key], $"{path}[{Text(key)}]")),
        IEnumerable list => list.Cast<object?>().SelectMany((item, index) => Lines(item, $"{path}[{index}]")),
        CancellationToken => [],
        IInvokable => Within(value, path),
        // Which of several messages it is, where it could be one of them.
        _ when WireFormat.AliasOf(value.GetType()) is { } alias && value is not Enum => Within(value, path).Prepend($"{path}: {alias}"),
        _ when value.Equals(Default(value.GetType())) => [],
        _ => [$"{path}: {Text(value)}"],
    };

    private static IEnumerable<string> Within(object value, string path) =>
        Members(value.GetType()).SelectMany(member => Lines(member.Value.GetValue(value), $"{path}.{member.Key}"));

    private static object? Default(Type type) => type.IsValueType ? RuntimeHelpers.GetUninitializedObject(type) : null;

    private static string Text(object value) => value switch
    {
        Enum number => Convert.ToInt64(number, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    // Fields that are sent, by the number of their member, of a call by the place of the argument.
    private static SortedDictionary<string, FieldInfo> Members(Type type)
    {
        var members = new SortedDictionary<string, FieldInfo>(StringComparer.Ordinal);
        if (typeof(IInvokable).IsAssignableFrom(type))
        {
            foreach (FieldInfo field in type.GetFields(Everything))
                if (field.Name.StartsWith("arg", StringComparison.Ordinal)) members.Add(field.Name, field);
            return members;
        }

        // A record that derives from another has its numbers beside the other's.
        int level = 0;
        for (Type? one = type; one is not null && one.IsDefined(typeof(GenerateSerializerAttribute), inherit: false); one = one.BaseType)
        {
            foreach ((uint id, PropertyInfo member) in WireFormat.Numbered(one))
                members.Add($"{new string('^', level)}{id}", one.GetField($"<{member.Name}>k__BackingField", Everything)!);
            level++;
        }

        return members;
    }

    private object? Draw(Type type)
    {
        drawn++;
        if (Nullable.GetUnderlyingType(type) is { } inner) return Draw(inner);
        if (type == typeof(string)) return $"text-{drawn}";
        if (type == typeof(bool)) return true;
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMinutes(drawn);
        if (type == typeof(TimeSpan)) return TimeSpan.FromSeconds(drawn);
        if (type == typeof(CancellationToken)) return CancellationToken.None;
        if (type == typeof(Guid)) return new Guid(drawn, 0, 0, new byte[8]);
        if (type.IsEnum) return Enum.GetValues(type).Cast<object>().Last();
        if (type.IsPrimitive) return Convert.ChangeType(drawn, type, CultureInfo.InvariantCulture);
        if (type.IsArray) return Array(type.GetElementType()!);
        if (type.IsGenericType) return Generic(type);
        if (type.IsAbstract) type = WireFormat.Messages.Where(one => one.BaseType == type).OrderBy(WireFormat.AliasOf).First();
        object made = RuntimeHelpers.GetUninitializedObject(type);
        if (!typeof(IInvokable).IsAssignableFrom(type) && !WireFormat.Messages.Contains(type))
            throw new NotSupportedException($"{type}: give {nameof(WireSample)} a value of it");
        foreach (FieldInfo field in Members(type).Values) field.SetValue(made, Draw(field.FieldType));
        return made;
    }

    private object Generic(Type type)
    {
        Type[] of = type.GetGenericArguments();
        if (of.Length == 1) return Array(of[0]);
        var pairs = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(of))!;
        pairs.Add(Draw(of[0])!, Draw(of[1]));
        return pairs;
    }

    private Array Array(Type of)
    {
        Array array = System.Array.CreateInstance(of, 2);
        for (int index = 0; index < array.Length; index++) array.SetValue(Draw(of), index);
        return array;
    }
}
