using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Cil.Build;

/// <summary>
/// TorchSharp hands the handles of tensors and scalars to libtorch without keeping their objects alive meanwhile: the collector may
/// take `1` of `x - 1` while libtorch reads it, and its finalizer frees what is read ("Unknown scalar type", or a wrong number).
/// Every method of TorchSharp that calls native code is made to end with `GC.KeepAlive` of its arguments and of each object whose
/// handle it took. Nothing else changes.
/// </summary>
public static class TorchSharpLifetimes
{
    private static readonly Dictionary<Code, OpCode> LongJumps = new Dictionary<Code, OpCode>
    {
        [Code.Br_S] = OpCodes.Br, [Code.Brfalse_S] = OpCodes.Brfalse, [Code.Brtrue_S] = OpCodes.Brtrue, [Code.Beq_S] = OpCodes.Beq,
        [Code.Bge_S] = OpCodes.Bge, [Code.Bgt_S] = OpCodes.Bgt, [Code.Ble_S] = OpCodes.Ble, [Code.Blt_S] = OpCodes.Blt,
        [Code.Bne_Un_S] = OpCodes.Bne_Un, [Code.Bge_Un_S] = OpCodes.Bge_Un, [Code.Bgt_Un_S] = OpCodes.Bgt_Un,
        [Code.Ble_Un_S] = OpCodes.Ble_Un, [Code.Blt_Un_S] = OpCodes.Blt_Un, [Code.Leave_S] = OpCodes.Leave,
    };

    /// <summary>Adds what is missing.</summary>
    /// <returns>How many methods were changed; 0 where each keeps its arguments alive already.</returns>
    /// <exception cref="InvalidDataException">This is no assembly, or not TorchSharp with its type Scalar.</exception>
    public static int KeepAlive(Stream assembly, Stream changed)
    {
        try
        {
            using AssemblyDefinition torchSharp = AssemblyDefinition.ReadAssembly(assembly);
            ModuleDefinition module = torchSharp.MainModule;
            if (module.GetType("TorchSharp.Scalar") is null)
                throw new InvalidDataException($"expected TorchSharp with its type Scalar, got {torchSharp.Name.Name} without it");
            MethodReference keepAlive = KeepAliveOf(module);
            int count = 0;
            foreach (MethodDefinition method in Methods(module))
            {
                if (Add(method, keepAlive, module.TypeSystem.Object)) count++;
            }

            torchSharp.Write(changed);
            return count;
        }
        catch (BadImageFormatException error)
        {
            throw new InvalidDataException("expected a .NET assembly: " + error.Message);
        }
    }

    /// <summary>The methods that call native code and let go of an argument before it has returned.</summary>
    public static IReadOnlyList<string> Careless(Stream assembly)
    {
        using AssemblyDefinition torchSharp = AssemblyDefinition.ReadAssembly(assembly);
        return Methods(torchSharp.MainModule).Where(method => !IsCareful(method)).Select(method => method.FullName).ToList();
    }

    private static IEnumerable<MethodDefinition> Methods(ModuleDefinition module) => module.GetTypes()
        .SelectMany(type => type.Methods)
        .Where(method => method.HasBody && method.Body.Instructions.Any(CallsNativeCode) && Arguments(method).Any());

    private static bool CallsNativeCode(Instruction instruction) =>
        instruction.OpCode == OpCodes.Call && instruction.Operand is MethodDefinition { IsPInvokeImpl: true };

    // Objects whose finalizer frees what libtorch has, and whatever may hold such: `this` and every argument that is an object.
    private static IEnumerable<ParameterDefinition> Arguments(MethodDefinition method)
    {
        if (method.HasThis && !method.DeclaringType.IsValueType) yield return method.Body.ThisParameter;
        foreach (ParameterDefinition parameter in method.Parameters)
        {
            TypeReference type = parameter.ParameterType;
            if (!type.IsValueType && !type.IsByReference && !type.IsPointer && !type.IsGenericParameter) yield return parameter;
        }
    }

    private static bool TakesHandle(Instruction instruction) =>
        (instruction.OpCode == OpCodes.Call || instruction.OpCode == OpCodes.Callvirt)
        && instruction.Operand is MethodReference { Name: "get_Handle", HasThis: true } getter && !getter.DeclaringType.IsValueType;

    private static bool Add(MethodDefinition method, MethodReference keepAlive, TypeReference anyObject)
    {
        if (IsCareful(method)) return false;
        MethodBody body = method.Body;
        // Jumps may get farther than the 127 bytes of their short forms.
        foreach (Instruction jump in body.Instructions.Where(one => one.OpCode.OperandType == OperandType.ShortInlineBrTarget))
            jump.OpCode = LongJumps[jump.OpCode.Code];
        body.InitLocals = true;
        ILProcessor il = body.GetILProcessor();
        var temporaries = new List<VariableDefinition>();
        foreach (Instruction taken in body.Instructions.Where(TakesHandle).ToList())
        {
            var temporary = new VariableDefinition(anyObject);
            body.Variables.Add(temporary);
            temporaries.Add(temporary);
            // A jump to the call comes with the object on the stack, as the call itself finds it.
            Instruction call = Instruction.Create(taken.OpCode, (MethodReference)taken.Operand);
            taken.OpCode = OpCodes.Dup;
            taken.Operand = null!;
            Instruction store = Instruction.Create(OpCodes.Stloc, temporary);
            il.InsertAfter(taken, store);
            il.InsertAfter(store, call);
        }

        foreach (Instruction end in body.Instructions.Where(instruction => instruction.OpCode == OpCodes.Ret).ToList())
        {
            // The instruction itself becomes the first of what is added, so that jumps to it pass through all.
            var added = new List<Instruction>();
            foreach (ParameterDefinition argument in Arguments(method))
            {
                added.Add(Instruction.Create(OpCodes.Ldarg, argument));
                added.Add(Instruction.Create(OpCodes.Call, keepAlive));
            }

            foreach (VariableDefinition temporary in temporaries)
            {
                added.Add(Instruction.Create(OpCodes.Ldloc, temporary));
                added.Add(Instruction.Create(OpCodes.Call, keepAlive));
            }

            added.Add(Instruction.Create(OpCodes.Ret));
            (end.OpCode, end.Operand) = (added[0].OpCode, added[0].Operand);
            Instruction last = end;
            foreach (Instruction next in added.Skip(1))
            {
                il.InsertAfter(last, next);
                last = next;
            }
        }

        return true;
    }

    // Whether each way out has a GC.KeepAlive for every argument; a method that never returns needs none.
    private static bool IsCareful(MethodDefinition method)
    {
        int needed = Arguments(method).Count();
        return method.Body.Instructions.Where(instruction => instruction.OpCode == OpCodes.Ret).All(end => KeptBefore(end) >= needed);
    }

    private static int KeptBefore(Instruction end)
    {
        int count = 0;
        while (end.Previous is { Operand: MethodReference { Name: "KeepAlive" } } kept)
        {
            count++;
            end = kept.Previous;
        }

        return count;
    }

    private static MethodReference KeepAliveOf(ModuleDefinition module)
    {
        var collector = new TypeReference("System", "GC", module, module.TypeSystem.CoreLibrary);
        var method = new MethodReference("KeepAlive", module.TypeSystem.Void, collector) { HasThis = false };
        method.Parameters.Add(new ParameterDefinition(module.TypeSystem.Object));
        return method;
    }
}

#if !WITHOUT_MSBUILD
/// <summary>The step of the build: copies TorchSharp.dll with its arguments kept alive; see Directory.Build.targets.</summary>
public sealed class KeepTorchSharpArgumentsAlive : Microsoft.Build.Utilities.Task
{
    [Microsoft.Build.Framework.Required] public string Source { get; set; }

    [Microsoft.Build.Framework.Required] public string Destination { get; set; }

    public override bool Execute()
    {
        try
        {
            using var changed = new MemoryStream();
            using (FileStream assembly = File.OpenRead(Source)) TorchSharpLifetimes.KeepAlive(assembly, changed);
            // Projects build side by side: each writes a file of its own and renames it.
            string own = Destination + "." + Guid.NewGuid().ToString("N");
            Directory.CreateDirectory(Path.GetDirectoryName(Destination));
            File.WriteAllBytes(own, changed.ToArray());
            if (File.Exists(Destination)) File.Delete(own);
            else File.Move(own, Destination);
            return true;
        }
        catch (InvalidDataException error)
        {
            Log.LogError("{0}: {1}", Source, error.Message);
        }
        catch (IOException) when (File.Exists(Destination))
        {
            return true;
        }

        return false;
    }
}
#endif
