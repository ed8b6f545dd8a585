using System.Reflection;
using System.Runtime.CompilerServices;

namespace Orleans.Serialization;

/// <summary>Copies types marked [GenerateSerializer]: members with an [Id], and those of a record's primary constructor. Others get their initial value.</summary>
internal static class MarkedType
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    internal static DeepCopier.CopierOf? CopierOf(Type type)
    {
        if (!type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false))
        {
            return null;
        }

        var fields = Lineage(type).SelectMany(Fields).ToArray();
        var constructor = type.IsValueType ? null : type.GetConstructor(Own, []);
        return (value, copied) =>
        {
            var copy = constructor?.Invoke(null) ?? RuntimeHelpers.GetUninitializedObject(type);
            if (!type.IsValueType)
            {
                copied[value] = copy;
            }

            foreach (var field in fields)
            {
                field.SetValue(copy, DeepCopier.Copy(field.GetValue(value), copied));
            }

            return copy;
        };
    }

    private static IEnumerable<Type> Lineage(Type type)
    {
        for (var t = type; t is not null && t != typeof(object) && t != typeof(ValueType); t = t.BaseType)
        {
            if (!t.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && t.GetFields(Own).Length > 0)
            {
                throw new CodecNotFoundException($"Could not find a copier for type {t}, the base of {type}.");
            }

            yield return t;
        }
    }

    private static IEnumerable<FieldInfo> Fields(Type type)
    {
        var fields = type.GetFields(Own);
        var numbered = type.GetProperties(Own).Where(p => p.IsDefined(typeof(IdAttribute))).Select(p => p.Name).Concat(PrimaryParameters(type)).ToHashSet();
        return fields.Where(f => f.IsDefined(typeof(IdAttribute)) || (Property(f) is { } name && numbered.Contains(name)));
    }

    // The field behind an automatic property is named <Property>k__BackingField.
    private static string? Property(FieldInfo field)
    {
        var end = field.Name.IndexOf(">k__BackingField", StringComparison.Ordinal);
        return end > 0 ? field.Name[1..end] : null;
    }

    private static IEnumerable<string> PrimaryParameters(Type type)
    {
        // Only records have this method, and only their primary constructor's parameters are named by Deconstruct.
        var isRecord = type.GetMethod("PrintMembers", Own) is not null;
        return isRecord && type.GetMethod("Deconstruct", Own) is { } deconstruct
            ? deconstruct.GetParameters().Select(p => p.Name!)
            : [];
    }
}
