using System.Runtime.CompilerServices;
using System.Text;
using static TorchSharp.torch;

namespace TorchSharp.Interop;

/// <summary>
/// Calls libtorch's operators by name: <c>"add.Tensor"</c> is operator <c>aten::add</c>, overload <c>Tensor</c>.
/// Arguments left off at the end take the operator's own defaults.
/// </summary>
internal static unsafe class Aten
{
    // Integers and handles of one call's lists; longer ones (a cat of a hundred tensors) go to the heap.
    private const int ScratchLength = 64;
    private const int MaxResults = 8;

    // Names are literals, and equal literals are the same object: comparing references is enough, and quick.
    private static volatile Dictionary<string, nint> operators = new(ReferenceEqualityComparer.Instance);
    private static readonly Lock Adding = new();

    /// <summary>Whether this libtorch has the operator.</summary>
    internal static bool Has(string name) => Find(name) != 0;

    /// <summary>Calls an operator with one tensor as its result.</summary>
    internal static Tensor Call(string name, params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(name, arguments, results);
        return new Tensor(results[0].Pointer);
    }

    /// <summary>Calls an operator with two tensors as its result.</summary>
    internal static (Tensor, Tensor) Call2(string name, params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(name, arguments, results);
        return (new Tensor(results[0].Pointer), new Tensor(results[1].Pointer));
    }

    /// <summary>Calls an operator whose result is a list of tensors.</summary>
    internal static Tensor[] CallList(string name, params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(name, arguments, results);
        var tensors = new Tensor[results[0].Count];
        for (int i = 0; i < tensors.Length; i++) tensors[i] = new Tensor(((nint*)results[0].Pointer)[i]);
        return tensors;
    }

    /// <summary>Calls an operator that changes its first argument, and gives that same managed tensor back.</summary>
    internal static Tensor CallInPlace(string name, params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(name, arguments, results);
        if (results[0].Tag == ValueTag.Tensor) Native.cil_tensor_release(results[0].Pointer);
        return (Tensor)arguments[0].Reference!;
    }

    /// <summary>Calls an operator whose result is a truth value.</summary>
    internal static bool CallBool(string name, params ReadOnlySpan<Arg> arguments)
    {
        NativeValue* results = stackalloc NativeValue[MaxResults];
        Invoke(name, arguments, results);
        return results[0].Integer != 0;
    }

    private static void Invoke(string name, ReadOnlySpan<Arg> arguments, NativeValue* results)
    {
        nint op = Find(name);
        if (op == 0) throw new NotSupportedException($"libtorch {Version} has no operator aten::{name}");

        int words = 0;
        foreach (ref readonly Arg argument in arguments) words += WordsOf(argument.Reference);
        NativeValue* values = stackalloc NativeValue[arguments.Length];
        if (words <= ScratchLength)
        {
            long* scratch = stackalloc long[words];
            Fill(arguments, values, scratch);
            Native.Checked(Native.cil_call(op, values, arguments.Length, results, MaxResults));
        }
        else
        {
            fixed (long* scratch = new long[words])
            {
                Fill(arguments, values, scratch);
                Native.Checked(Native.cil_call(op, values, arguments.Length, results, MaxResults));
            }
        }

        // The native call knew only the handles: their tensors must not be finalised before it returned.
        foreach (ref readonly Arg argument in arguments) GC.KeepAlive(argument.Reference);
    }

    private static int WordsOf(object? reference) => reference switch
    {
        null or Tensor => 0,
        long[] list => list.Length,
        Tensor?[] list => list.Length,
        double[] list => list.Length,
        string text => (Encoding.UTF8.GetMaxByteCount(text.Length) + 7) / 8,
        _ => 0,
    };

    private static void Fill(ReadOnlySpan<Arg> arguments, NativeValue* values, long* scratch)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            ref readonly Arg argument = ref arguments[i];
            ref NativeValue value = ref values[i];
            value = new NativeValue { Tag = argument.Tag, Integer = argument.Bits };
            switch (argument.Tag)
            {
                case ValueTag.Tensor:
                    value.Pointer = Unsafe.As<Tensor>(argument.Reference!).Handle;
                    break;
                case ValueTag.Generator:
                    value.Pointer = ((Generator)argument.Reference!).Handle;
                    break;
                case ValueTag.IntList:
                    long[] integers = (long[])argument.Reference!;
                    integers.CopyTo(new Span<long>(scratch, integers.Length));
                    scratch = Place(ref value, scratch, integers.Length);
                    break;
                case ValueTag.DoubleList:
                    double[] reals = (double[])argument.Reference!;
                    reals.CopyTo(new Span<double>(scratch, reals.Length));
                    scratch = Place(ref value, scratch, reals.Length);
                    break;
                case ValueTag.TensorList:
                    var tensors = (Tensor?[])argument.Reference!;
                    for (int t = 0; t < tensors.Length; t++) scratch[t] = tensors[t]?.Handle ?? 0;
                    scratch = Place(ref value, scratch, tensors.Length);
                    break;
                case ValueTag.String:
                    string text = (string)argument.Reference!;
                    int words = WordsOf(text);
                    int bytes = Encoding.UTF8.GetBytes(text, new Span<byte>(scratch, words * sizeof(long)));
                    Place(ref value, scratch, bytes);
                    scratch += words;
                    break;
            }
        }
    }

    private static long* Place(ref NativeValue value, long* scratch, int count)
    {
        (value.Pointer, value.Count) = ((nint)scratch, count);
        return scratch + count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint Find(string name) => operators.TryGetValue(name, out nint op) ? op : Lookup(name);

    private static nint Lookup(string name)
    {
        name = string.Intern(name);
        if (operators.TryGetValue(name, out nint known)) return known;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        byte[] op = Encoding.UTF8.GetBytes("aten::" + (dot < 0 ? name : name[..dot]) + '\0');
        byte[] overload = Encoding.UTF8.GetBytes((dot < 0 ? "" : name[(dot + 1)..]) + '\0');
        fixed (byte* opName = op, overloadName = overload)
        {
            nint found = Native.Checked(Native.cil_operator(opName, overloadName));
            lock (Adding)
            {
                operators = new Dictionary<string, nint>(operators, ReferenceEqualityComparer.Instance) { [name] = found };
            }

            return found;
        }
    }

    internal static string Version => System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)Native.cil_torch_version())!;
}
