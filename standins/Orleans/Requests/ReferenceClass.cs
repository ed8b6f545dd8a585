using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Orleans.Runtime;

/// <summary>
/// Makes the class of the references to one interface: each method puts its arguments into an array and hands them
/// to <see cref="GrainReference"/>, with the <see cref="GrainMethod"/> that describes it.
/// </summary>
internal static class ReferenceClass
{
    private const string MethodsField = "Methods";
    private const BindingFlags Internal = BindingFlags.Instance | BindingFlags.NonPublic;

    private static readonly ConcurrentDictionary<string, bool> s_opened = new();
    private static readonly Lock s_gate = new();
    private static readonly AssemblyBuilder s_assembly = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("Orleans.References"), AssemblyBuilderAccess.Run);
    private static readonly ModuleBuilder s_module = s_assembly.DefineDynamicModule("Orleans.References");
    private static int s_count;

    internal static Type Build(Type face, GrainMethod[] methods)
    {
        lock (s_gate)
        {
            OpenInternals(typeof(GrainReference).Assembly);
            OpenInternals(face.Assembly);
            foreach (var type in methods.SelectMany(m => m.Method.GetParameters()).SelectMany(p => p.ParameterType.GetGenericArguments().Prepend(p.ParameterType)))
            {
                OpenInternals(type.Assembly);
            }

            var name = string.Create(CultureInfo.InvariantCulture, $"Reference{s_count++}.{face.Name}");
            var builder = s_module.DefineType(name, TypeAttributes.Public | TypeAttributes.Sealed, typeof(GrainReference), [face]);
            var field = builder.DefineField(MethodsField, typeof(GrainMethod[]), FieldAttributes.Public | FieldAttributes.Static);
            DefineConstructor(builder);
            for (var i = 0; i < methods.Length; i++)
            {
                DefineMethod(builder, field, methods[i], i);
            }

            var made = builder.CreateType();
            made.GetField(MethodsField)!.SetValue(null, methods);
            return made;
        }
    }

    // The attribute by which the runtime lets one assembly use another's internal members.
    private static void OpenInternals(Assembly assembly)
    {
        if (assembly.GetName().Name is { } name && s_opened.TryAdd(name, true))
        {
            var constructor = typeof(IgnoresAccessChecksToAttribute).GetConstructor([typeof(string)])!;
            s_assembly.SetCustomAttribute(new CustomAttributeBuilder(constructor, [name]));
        }
    }

    private static void DefineConstructor(TypeBuilder builder)
    {
        Type[] types = [typeof(GrainId), typeof(ICaller), typeof(GrainInterface)];
        var il = builder.DefineConstructor(MethodAttributes.Public, CallingConventions.HasThis, types).GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldarg_2);
        il.Emit(OpCodes.Ldarg_3);
        il.Emit(OpCodes.Call, typeof(GrainReference).GetConstructor(Internal, types)!);
        il.Emit(OpCodes.Ret);
    }

    private static void DefineMethod(TypeBuilder builder, FieldInfo methods, GrainMethod described, int index)
    {
        var method = described.Method;
        var parameters = method.GetParameters();
        var made = builder.DefineMethod(
            $"{method.DeclaringType!.FullName}.{method.Name}",
            MethodAttributes.Private | MethodAttributes.Virtual | MethodAttributes.Final | MethodAttributes.HideBySig | MethodAttributes.NewSlot,
            method.ReturnType,
            [.. parameters.Select(p => p.ParameterType)]);
        var il = made.GetILGenerator();
        il.Emit(OpCodes.Ldarg_0);
        il.Emit(OpCodes.Ldsfld, methods);
        il.Emit(OpCodes.Ldc_I4, index);
        il.Emit(OpCodes.Ldelem_Ref);
        il.Emit(OpCodes.Ldc_I4, parameters.Length);
        il.Emit(OpCodes.Newarr, typeof(object));
        for (var i = 0; i < parameters.Length; i++)
        {
            il.Emit(OpCodes.Dup);
            il.Emit(OpCodes.Ldc_I4, i);
            il.Emit(OpCodes.Ldarg, i + 1);
            if (parameters[i].ParameterType.IsValueType)
            {
                il.Emit(OpCodes.Box, parameters[i].ParameterType);
            }

            il.Emit(OpCodes.Stelem_Ref);
        }

        il.Emit(OpCodes.Call, CallOf(described));
        il.Emit(OpCodes.Ret);
        builder.DefineMethodOverride(made, method);
    }

    private static MethodInfo CallOf(GrainMethod described)
    {
        var (name, open) = described.Kind switch
        {
            GrainMethod.ResultKind.None => (nameof(GrainReference.CallVoid), false),
            GrainMethod.ResultKind.Task => (nameof(GrainReference.CallTask), false),
            GrainMethod.ResultKind.TaskOf => (nameof(GrainReference.CallTaskOf), true),
            GrainMethod.ResultKind.ValueTask => (nameof(GrainReference.CallValueTask), false),
            GrainMethod.ResultKind.ValueTaskOf => (nameof(GrainReference.CallValueTaskOf), true),
            _ => (nameof(GrainReference.CallStream), true),
        };
        var call = typeof(GrainReference).GetMethod(name, Internal)!;
        return open ? call.MakeGenericMethod(described.Method.ReturnType.GetGenericArguments()) : call;
    }
}
