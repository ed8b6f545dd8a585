using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Cil.Diffusion.Checkpoints.Files;

namespace Cil.Diffusion.Checkpoints.Pickles;

/// <summary>
/// Reads a pickle (Python's pickletools.py, protocols 0 to 5) as data: containers, numbers, texts, the calls that rebuild
/// tensors, and the members of TorchScript's modules. Every other call is a placeholder, nothing is executed, and every length
/// is checked against the bytes there are.
/// </summary>
internal sealed class PickleMachine(string file, byte[] program)
{
    internal const int MostBytes = 64_000_000;

    private const int MostOperations = 8_000_000, MostDepth = 10_000, MostLine = 4096;

    private readonly List<object?> stack = [];
    private readonly List<int> marks = [];
    private readonly Dictionary<long, object?> memo = [];
    private string lastText = "";
    private int at;

    /// <summary>The object that the pickle is.</summary>
    /// <exception cref="CheckpointException">It is damaged, too deep, or asks for what is not data.</exception>
    internal object? Run()
    {
        for (int operations = 0; operations < MostOperations; operations++)
        {
            byte code = Byte();
            if (code == (byte)'.') return Pop();
            Do(code);
        }

        throw Bad($"more than {MostOperations} operations");
    }

    private void Do(byte code)
    {
        switch ((char)code)
        {
            case '\x80': _ = Byte(); break; // PROTO
            case '\x95': _ = Bytes(8); break; // FRAME
            case '(':
                if (marks.Count == MostDepth) throw Bad($"nested deeper than {MostDepth}");
                marks.Add(stack.Count);
                break;
            case '0': _ = Pop(); break;
            case '1': _ = PopMark(); break;
            case '2': stack.Add(Top()); break;

            case 'N': stack.Add(null); break;
            case '\x88': stack.Add(true); break;
            case '\x89': stack.Add(false); break;
            case 'J': stack.Add((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))); break;
            case 'K': stack.Add((long)Byte()); break;
            case 'M': stack.Add((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2))); break;
            case '\x8a': stack.Add(PickleTypes.Integer(Bytes(Byte()))); break;
            case '\x8b': stack.Add(PickleTypes.Integer(Bytes(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))))); break;
            case 'G': stack.Add(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8))); break;
            case 'I': stack.Add(Line() switch { "00" => false, "01" => true, var text => PickleTypes.Number(text) }); break;
            case 'L': stack.Add(PickleTypes.Number(Line().TrimEnd('L'))); break;
            case 'F':
                stack.Add(double.TryParse(Line(), CultureInfo.InvariantCulture, out double real) ? real : throw Bad("not a number"));
                break;

            case 'X': Text(Bytes(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)))); break;
            case '\x8c': Text(Bytes(Byte())); break;
            case '\x8d': Text(Bytes(Long())); break;
            case 'T': Text(Bytes(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)))); break;
            case 'U': Text(Bytes(Byte())); break;
            case 'V' or 'S': Text(Encoding.UTF8.GetBytes(Line().Trim('\'', '"'))); break;
            case 'B': stack.Add(Bytes(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))).ToArray()); break;
            case 'C': stack.Add(Bytes(Byte()).ToArray()); break;
            case '\x8e' or '\x96': stack.Add(Bytes(Long()).ToArray()); break;

            case ']': stack.Add(new List<object?>()); break;
            case '}': stack.Add(new PickleDictionary()); break;
            case '\x8f': stack.Add(new List<object?>()); break; // EMPTY_SET
            case ')': stack.Add(Array.Empty<object?>()); break;
            case 'l': stack.Add(new List<object?>(PopMark())); break;
            case 't': stack.Add(PopMark()); break;
            case '\x91': stack.Add(new List<object?>(PopMark())); break; // FROZENSET
            case 'd':
                var made = new PickleDictionary();
                Set(made, PopMark());
                stack.Add(made);
                break;
            case '\x85': stack.Add(Last(1)); break;
            case '\x86': stack.Add(Last(2)); break;
            case '\x87': stack.Add(Last(3)); break;
            case 'a': Append(Last(1)); break;
            case 'e' or '\x90': Append(PopMark()); break;
            case 's': SetTop(Last(2)); break;
            case 'u': SetTop(PopMark()); break;

            case 'q': memo[Byte()] = Top(); break;
            case 'r': memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))] = Top(); break;
            case 'p': memo[Whole(Line())] = Top(); break;
            case '\x94': memo[memo.Count] = Top(); break;
            case 'h': stack.Add(Remembered(Byte())); break;
            case 'j': stack.Add(Remembered(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)))); break;
            case 'g': stack.Add(Remembered(Whole(Line()))); break;

            case 'c': stack.Add(Global(Line(), Line())); break;
            case '\x93':
                object?[] pair = Last(2);
                stack.Add(pair is [string module, string name] ? Global(module, name) : throw Bad("a class without a name"));
                break;
            case 'R' or '\x81':
                object?[] call = Last(2);
                stack.Add(Call(call[0], call[1] as object?[] ?? throw Bad("a call without arguments")));
                break;
            case '\x92':
                object?[] wide = Last(3);
                stack.Add(Call(wide[0], wide[1] as object?[] ?? throw Bad("a call without arguments")));
                break;
            case 'b':
                object? state = Pop();
                // What a placeholder would have been given is let go.
                if (stack.Count > Floor && stack[^1] is PickleObject owner) owner.State = state as PickleDictionary;
                break;
            case 'o':
                stack.Add(PopMark() is [PickleGlobal one, ..] ? new PickleOpaque($"{one}") : throw Bad("an object without a class"));
                break;
            case 'i':
                PickleGlobal instance = Global(Line(), Line());
                _ = PopMark();
                stack.Add(new PickleOpaque($"{instance}"));
                break;
            case 'P': stack.Add(new PickleOpaque($"persistent {Line()}")); break;
            case 'Q': stack.Add(PickleTypes.Storage(Pop())); break;
            case '\x82': _ = Byte(); stack.Add(new PickleOpaque("extension")); break;
            case '\x83': _ = Bytes(2); stack.Add(new PickleOpaque("extension")); break;
            case '\x84': _ = Bytes(4); stack.Add(new PickleOpaque("extension")); break;
            case '\x97': stack.Add(new PickleOpaque("buffer")); break;
            case '\x98': break; // READONLY_BUFFER
            default: throw Bad(FormattableString.Invariant($"unknown operation 0x{code:x2}"));
        }
    }

    private object? Call(object? callable, object?[] arguments)
    {
        if (callable is not PickleGlobal global) return new PickleOpaque("a call of no known class");
        switch (global.ToString())
        {
            case "torch._utils._rebuild_tensor_v2"
                when arguments is [PickleStorage { Type: { } type } storage, long offset, object?[] size, object?[] stride, ..]:
                return new PickleTensor(storage, type, offset, Numbers(size), Numbers(stride));
            case "torch._utils._rebuild_tensor_v3"
                when arguments is [PickleStorage storage, long offset, object?[] size, object?[] stride, _, _, PickleGlobal named, ..]
                    && PickleTypes.TypeOf(named.Name) is { } type:
                return new PickleTensor(storage, type, offset, Numbers(size), Numbers(stride));
            case "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state" when arguments is [var parameter, ..]:
                return parameter;
            case "torch.Size" when arguments is [var shape]:
                return shape;
            case "collections.OrderedDict":
                var made = new PickleDictionary();
                if (arguments is [List<object?> pairs]) Set(made, [.. pairs.SelectMany(pair => pair as object?[] ?? [])]);
                return made;
            case var name when name.StartsWith("__torch__.", StringComparison.Ordinal):
                return new PickleObject();
            default:
                return new PickleOpaque($"{global}");
        }
    }

    private PickleGlobal Global(string module, string name)
    {
        var global = new PickleGlobal(module, name);
        return ForbiddenGlobals.Contains(global)
            ? throw new CheckpointException(
                $"{file}: names {global} (at byte {at} of its pickle{(lastText.Length > 0 ? $", behind '{lastText}'" : "")}): a file "
                    + $"that asks for this is not only data, and is refused")
            : global;
    }

    private void SetTop(object?[] items)
    {
        // What is set on a placeholder is let go with it.
        if (Top() is PickleDictionary dictionary) Set(dictionary, items);
        else if (Top() is not PickleOpaque) throw Bad("items for something that is no dictionary");
    }

    private void Set(PickleDictionary dictionary, object?[] items)
    {
        if (items.Length % 2 != 0) throw Bad("a key without a value");
        for (int i = 0; i < items.Length; i += 2) dictionary.Items.Add(new(items[i], items[i + 1]));
    }

    private void Append(object?[] items)
    {
        if (Top() is List<object?> list) list.AddRange(items);
        else if (Top() is not PickleOpaque) throw Bad("items for something that is no list");
    }

    private object?[] PopMark()
    {
        if (marks.Count == 0) throw Bad("the end of something that did not begin");
        int from = marks[^1];
        marks.RemoveAt(marks.Count - 1);
        return from <= stack.Count ? Last(stack.Count - from) : throw Bad("its stack is empty");
    }

    private object?[] Last(int count)
    {
        if (stack.Count - Floor < count) throw Bad("its stack is empty");
        object?[] items = [.. stack[^count..]];
        stack.RemoveRange(stack.Count - count, count);
        return items;
    }

    private object? Pop() => Last(1)[0];

    private object? Top() => stack.Count > Floor ? stack[^1] : throw Bad("its stack is empty");

    // Behind a mark nothing is taken from before it.
    private int Floor => marks.Count > 0 ? marks[^1] : 0;

    private object? Remembered(long index) =>
        memo.TryGetValue(index, out object? value) ? value : throw Bad($"it remembers nothing under {index}");

    private void Text(ReadOnlySpan<byte> bytes)
    {
        string text = Encoding.UTF8.GetString(bytes);
        lastText = text.Length > 80 ? text[..80] : text;
        stack.Add(text);
    }

    private long Whole(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out long value) ? value : throw Bad("not a number");

    private long[] Numbers(object?[] items) =>
        [.. items.Select(item => item is long number ? number : throw Bad("a shape that is not of numbers"))];

    private byte Byte() => Bytes(1)[0];

    private long Long() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    private ReadOnlySpan<byte> Bytes(long count)
    {
        if (count < 0 || count > program.Length - at) throw Bad($"truncated: {count} bytes expected, {program.Length - at} are there");
        ReadOnlySpan<byte> bytes = program.AsSpan(at, (int)count);
        at += (int)count;
        return bytes;
    }

    private string Line()
    {
        int length = program.AsSpan(at, Math.Min(program.Length - at, MostLine)).IndexOf((byte)'\n');
        if (length < 0) throw Bad("a line without an end");
        string line = Encoding.UTF8.GetString(program, at, length);
        at += length + 1;
        return line;
    }

    private CheckpointException Bad(string what) =>
        new($"{file}: its pickle is damaged at byte {at}{(lastText.Length > 0 ? $", behind '{lastText}'" : "")}: {what}");
}
