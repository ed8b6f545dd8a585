using System.Buffers.Binary;
using System.Text;

namespace Cil.TestKit.Models;

/// <summary>Writes the operations of a pickle, one after the other.</summary>
internal sealed class PickleWriter
{
    private readonly List<byte> stream = [];

    internal PickleWriter() => Raw(0x80, 2);

    internal PickleWriter Raw(params byte[] bytes)
    {
        stream.AddRange(bytes);
        return this;
    }

    internal PickleWriter Op(char code) => Raw((byte)code);

    internal PickleWriter Text(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        return Op('X').Raw(length).Raw(bytes);
    }

    internal PickleWriter Number(long value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return Raw(0x8a, 8).Raw(bytes);
    }

    internal PickleWriter Global(string module, string name) => Op('c').Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    internal PickleWriter Tuple(params long[] values)
    {
        Op('(');
        foreach (long value in values) Number(value);
        return Op('t');
    }

    /// <summary>A tensor as torch.save writes it: a call of _rebuild_tensor_v2.</summary>
    internal PickleWriter Tensor(string key, long elements, long offset, long[] size, long[] stride, string type = "FloatStorage")
    {
        Global("torch._utils", "_rebuild_tensor_v2").Op('(');
        Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Number(elements).Op('t').Op('Q');
        return Number(offset).Tuple(size).Tuple(stride).Raw(0x89).Global("collections", "OrderedDict").Op(')').Op('R').Op('t').Op('R');
    }

    internal byte[] End() => [.. Op('.').stream];

    /// <summary>A dictionary of one tensor.</summary>
    internal static byte[] One(string name, Func<PickleWriter, PickleWriter> value) =>
        value(new PickleWriter().Op('}').Text(name)).Op('s').End();
}
