using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp.Utils;

/// <summary>Reads and writes the numbers of a CPU tensor, in the order of its indices whatever its strides.</summary>
public sealed unsafe class TensorAccessor<T> : IDisposable, IEnumerable<T>
    where T : unmanaged
{
    private readonly Tensor tensor;
    private readonly T* data;
    private readonly bool contiguous;

    internal TensorAccessor(Tensor tensor)
    {
        this.tensor = tensor;
        data = (T*)tensor.DataPointer;
        contiguous = tensor.is_contiguous();
    }

    public long Count => tensor.numel();

    public bool IsReadOnly => false;

    public T this[params long[] indices]
    {
        get => data[Offset(indices)];
        set => data[Offset(indices)] = value;
    }

    public T[] ToArray()
    {
        if (Count > int.MaxValue) throw new InvalidOperationException("The tensor has more elements than an array can hold.");
        T[] array = new T[Count];
        CopyTo(array.AsSpan());
        return array;
    }

    public void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyTo(array.AsSpan(), arrayIndex, tensorIndex);

    public void CopyTo(Span<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        int length = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (length <= 0) return;
        Span<T> to = array.Slice(arrayIndex, length);
        if (contiguous)
        {
            new ReadOnlySpan<T>(data + tensorIndex, length).CopyTo(to);
            return;
        }

        using Tensor dense = tensor.contiguous().DetachFromDisposeScope();
        new ReadOnlySpan<T>((T*)dense.DataPointer + tensorIndex, length).CopyTo(to);
    }

    public void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0) => CopyFrom((ReadOnlySpan<T>)array, arrayIndex, tensorIndex);

    public void CopyFrom(ReadOnlySpan<T> array, int arrayIndex = 0, long tensorIndex = 0)
    {
        int length = (int)Math.Min(array.Length - arrayIndex, Count - tensorIndex);
        if (length <= 0) return;
        ReadOnlySpan<T> from = array.Slice(arrayIndex, length);
        if (contiguous)
        {
            from.CopyTo(new Span<T>(data + tensorIndex, length));
            return;
        }

        for (int i = 0; i < length; i++) data[Offset(tensorIndex + i)] = from[i];
    }

    public IEnumerator<T> GetEnumerator() => ((IEnumerable<T>)ToArray()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Does nothing: the tensor is its owner's.</summary>
    public void Dispose()
    {
    }

    // One index counts elements in the order of the tensor's indices; several are one for each dimension.
    private long Offset(params long[] indices)
    {
        long[] shape = tensor.shape;
        if (indices.Length == 1)
        {
            if (indices[0] < 0 || indices[0] >= Count) throw new IndexOutOfRangeException();
            if (contiguous) return indices[0];
            indices = Unravel(indices[0], shape);
        }

        if (indices.Length != shape.Length) throw new ArgumentException($"expected {shape.Length} indices, got {indices.Length}");
        long[] strides = tensor.stride();
        long offset = 0;
        for (int d = 0; d < indices.Length; d++)
        {
            if (indices[d] < 0 || indices[d] >= shape[d]) throw new IndexOutOfRangeException();
            offset += indices[d] * strides[d];
        }

        return offset;
    }

    private static long[] Unravel(long index, long[] shape)
    {
        long[] indices = new long[shape.Length];
        for (int d = shape.Length - 1; d >= 0; d--) (index, indices[d]) = Math.DivRem(index, shape[d]);
        return indices;
    }
}
