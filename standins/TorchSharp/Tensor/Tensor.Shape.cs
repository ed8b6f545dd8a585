using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Shapes, views and copies.
    public partial class Tensor
    {
        public Tensor reshape(params long[] shape) => Aten.Call("reshape", this, shape);

        public Tensor view(params long[] shape) => Aten.Call("view", this, shape);

        public Tensor view_as(Tensor other) => view(other.shape);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Aten.Call("flatten.using_ints", this, start_dim, end_dim);

        public Tensor unflatten(long dim, params long[] sizes)
        {
            long[] old = shape;
            int at = (int)(dim < 0 ? dim + old.Length : dim);
            return view([.. old[..at], .. sizes, .. old[(at + 1)..]]);
        }

        public Tensor permute(params long[] permutation) => Aten.Call("permute", this, permutation);

        public Tensor transpose(long dim0, long dim1) => Aten.Call("transpose.int", this, dim0, dim1);

        public Tensor t() => Aten.Call("t", this);

        public Tensor mT => transpose(-2, -1);

        public Tensor squeeze(long? dim = null) => dim is { } one ? Aten.Call("squeeze.dim", this, one) : Aten.Call("squeeze", this);

        public Tensor unsqueeze(long dim) => Aten.Call("unsqueeze", this, dim);

        public Tensor unsqueeze_(long dim) => Aten.CallInPlace("unsqueeze_", this, dim);

        public Tensor expand(long[] sizes, bool isImplicit = false) => Aten.Call("expand", this, sizes, isImplicit);

        public Tensor expand(params long[] sizes) => expand(sizes, false);

        public Tensor expand_as(Tensor other) => expand(other.shape);

        public Tensor broadcast_to(params long[] shape) => Aten.Call("broadcast_to", this, shape);

        public Tensor repeat(params long[] sizes) => Aten.Call("repeat", this, sizes);

        public Tensor repeat_interleave(long repeats, long? dim = null, long? output_size = null) =>
            Aten.Call("repeat_interleave.self_int", this, repeats, dim, output_size);

        public Tensor tile(long[] reps) => Aten.Call("tile", this, reps);

        public Tensor flip(params long[] dims) => Aten.Call("flip", this, dims);

        public Tensor roll(long[] shifts, long[] dims) => Aten.Call("roll", this, shifts, dims);

        public Tensor roll(long shifts, long? dims = null) => Aten.Call("roll", this, new[] { shifts }, dims is { } one ? new[] { one } : Array.Empty<long>());

        public Tensor movedim(long[] source, long[] destination) => Aten.Call("movedim.intlist", this, source, destination);

        public Tensor as_strided(long[] size, long[] strides, long storageOffset = 0L) => Aten.Call("as_strided", this, size, strides, storageOffset);

        public Tensor contiguous() => Aten.Call("contiguous", this);

        public Tensor clone() => Aten.Call("clone", this);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => Aten.CallInPlace("copy_", this, source, nonBlocking);

        public Tensor tril(long diagonal = 0) => Aten.Call("tril", this, diagonal);

        public Tensor triu(long diagonal = 0) => Aten.Call("triu", this, diagonal);

        public Tensor triu_(long diagonal = 0) => Aten.CallInPlace("triu_", this, diagonal);

        public Tensor diagonal(long offset = 0L, long dim1 = 0L, long dim2 = 1L) => Aten.Call("diagonal", this, offset, dim1, dim2);

        public Tensor diag(long diagonal = 0) => Aten.Call("diag", this, diagonal);

        public Tensor unfold(long dimension, long size, long step) => Aten.Call("unfold", this, dimension, size, step);
    }
}
