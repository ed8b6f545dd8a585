using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Parts of a tensor: slices, rows, chunks.
    public partial class Tensor
    {
        public Tensor narrow(long dim, long start, long length) => Aten.Call("narrow", this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => Aten.Call("slice.Tensor", this, dim, start, finish, step);

        public Tensor select(long dim, long index) => Aten.Call("select.int", this, dim, index);

        public Tensor index_select(long dim, Tensor index) => Aten.Call("index_select", this, dim, index);

        public Tensor gather(long dim, Tensor index) => Aten.Call("gather", this, dim, index);

        public Tensor scatter(long dim, Tensor index, Tensor src) => Aten.Call("scatter.src", this, dim, index, src);

        public Tensor scatter_(long dim, Tensor index, Tensor src) => Aten.CallInPlace("scatter_.src", this, dim, index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) => Aten.CallInPlace("scatter_add_", this, dim, index, src);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) => Aten.CallInPlace("index_add_", this, dim, index, source, alpha);

        public Tensor take(Tensor index) => Aten.Call("take", this, index);

        public Tensor nonzero() => Aten.Call("nonzero", this);

        public Tensor[] chunk(long chunks, long dim = 0L) => Aten.CallList("chunk", this, chunks, dim);

        public Tensor[] split(long size, int dim = 0) => Aten.CallList("split.Tensor", this, size, dim);

        public Tensor[] split(long[] sizes, long dim = 0) => Aten.CallList("split_with_sizes", this, sizes, dim);

        public Tensor[] unbind(long dimension = 0L) => Aten.CallList("unbind.int", this, dimension);
    }
}
