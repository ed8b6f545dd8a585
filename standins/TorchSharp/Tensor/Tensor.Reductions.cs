using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Sums, means, extremes and other reductions.
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Aten.Call("sum", this, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => Aten.Call("sum.dim_IntList", this, dim, keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => sum(dim.ToArray(), keepdim, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => sum([dim], keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => sum([dim0, dim1], keepdim, type);

        public Tensor mean() => Aten.Call("mean", this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) => Aten.Call("mean.dim", this, dimensions, keepdim, type);

        public Tensor prod(ScalarType? type = null) => Aten.Call("prod", this, type);

        public Tensor prod(long dim, bool keepdim = false, ScalarType? type = null) => Aten.Call("prod.dim_int", this, dim, keepdim, type);

        public Tensor std(bool unbiased = true) => Aten.Call("std", this, unbiased);

        public Tensor std(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(Aten.Call("std.dim", this, dimensions, unbiased, keepdim), type);

        public Tensor std(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => std([dim], unbiased, keepdim, type);

        public Tensor var(bool unbiased = true) => Aten.Call("var", this, unbiased);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false, ScalarType? type = null) =>
            Typed(Aten.Call("var.dim", this, dimensions, unbiased, keepdim), type);

        public Tensor var(long dim, bool unbiased = true, bool keepdim = false, ScalarType? type = null) => var([dim], unbiased, keepdim, type);

        public Tensor max() => Aten.Call("max", this);

        public Tensor max(Tensor other) => Aten.Call("max.other", this, other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) => Aten.Call2("max.dim", this, dim, keepdim);

        public Tensor amax(long[] dims, bool keepdim = false, Tensor? @out = null) =>
            @out is null ? Aten.Call("amax", this, dims, keepdim) : Aten.Call("amax.out", this, dims, keepdim, @out);

        public Tensor amax(params long[] dims) => amax(dims, false, null);

        public Tensor argmax() => Aten.Call("argmax", this);

        public Tensor argmax(long dim, bool keepdim = false) => Aten.Call("argmax", this, dim, keepdim);

        public Tensor min() => Aten.Call("min", this);

        public Tensor min(Tensor other) => Aten.Call("min.other", this, other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) => Aten.Call2("min.dim", this, dim, keepdim);

        public Tensor amin(long[] dims, bool keepdim = false, Tensor? @out = null) =>
            @out is null ? Aten.Call("amin", this, dims, keepdim) : Aten.Call("amin.out", this, dims, keepdim, @out);

        public Tensor amin(params long[] dims) => amin(dims, false, null);

        public Tensor argmin() => Aten.Call("argmin", this);

        public Tensor argmin(long dim, bool keepdim = false) => Aten.Call("argmin", this, dim, keepdim);

        public Tensor all() => Aten.Call("all", this);

        public Tensor any() => Aten.Call("any", this);

        public Tensor all(long dim, bool keepdim = false) => Aten.Call("all.dim", this, dim, keepdim);

        public Tensor any(long dim, bool keepdim = false) => Aten.Call("any.dim", this, dim, keepdim);

        public Tensor norm(float p = 2.0f) => Aten.Call("norm.Scalar", this, (double)p);

        public Tensor norm(int dim, bool keepdim = false, float p = 2.0f) => Aten.Call("norm.ScalarOpt_dim", this, (double)p, new long[] { dim }, keepdim);

        public Tensor cumsum(long dim, ScalarType? type = null) => Aten.Call("cumsum", this, dim, type);

        public Tensor cumprod(long dim, ScalarType? type = null) => Aten.Call("cumprod", this, dim, type);

        public Tensor logsumexp(long dim, bool keepdim = false) => Aten.Call("logsumexp", this, new[] { dim }, keepdim);

        public Tensor softmax(long dim, ScalarType? dtype = null) => Aten.Call("softmax.int", this, dim, dtype);

        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Aten.Call("log_softmax.int", this, dim, dtype);

        public (Tensor Values, Tensor Indices) sort(long dim = -1, bool descending = false, bool stable = false) =>
            Aten.Call2("sort.stable", this, stable, dim, descending);

        public Tensor argsort(long dim = -1, bool descending = false) => Aten.Call("argsort", this, dim, descending);

        public (Tensor values, Tensor indexes) topk(int k, int dim = -1, bool largest = true, bool sorted = true) =>
            Aten.Call2("topk", this, k, dim, largest, sorted);

        public Tensor median() => Aten.Call("median", this);

        public Tensor quantile(Tensor q, long dim = -1, bool keepdim = false) => Aten.Call("quantile", this, q, dim, keepdim);

        private static Tensor Typed(Tensor result, ScalarType? type) => type is { } wanted && wanted != result.dtype ? result.to_type(wanted, disposeAfter: true) : result;
    }
}
