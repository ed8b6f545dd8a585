using System.Runtime.CompilerServices;
using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // t[…] to read and to write.
    public partial class Tensor
    {
        [IndexerName("TensorItems")]
        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        [IndexerName("TensorItems")]
        public Tensor this[params long[] indices]
        {
            get => index([.. indices.Select(i => TensorIndex.Single(i))]);
            set => index_put_(value, [.. indices.Select(i => TensorIndex.Single(i))]);
        }

        public Tensor index(params Tensor[] indices) => Aten.Call("index.Tensor", this, indices);

        public Tensor index(params TensorIndex[] indices)
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor view, Tensor?[]? tensors) = View(indices);
            return (tensors is null ? view : Aten.Call("index.Tensor", view, tensors)).MoveToOuterDisposeScope();
        }

        public Tensor index_put_(Tensor value, params Tensor[] indices) => Aten.CallInPlace("index_put_", this, indices, value);

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            using DisposeScope scope = NewDisposeScope();
            (Tensor view, Tensor?[]? tensors) = View(indices);
            if (tensors is null) _ = view.copy_(value.to(view.dtype, view.device));
            else _ = Aten.CallInPlace("index_put_", view, tensors, value);
            return this;
        }

        public Tensor index_put_(Scalar value, params TensorIndex[] indices)
        {
            using DisposeScope scope = NewDisposeScope();
            return index_put_(full([], value, dtype, device), indices);
        }

        // Numbers, ranges and new dimensions make a view; masks and tensors of indices are left for index and index_put_,
        // one for each dimension of the view.
        private (Tensor View, Tensor?[]? Tensors) View(TensorIndex[] indices)
        {
            Tensor view = alias();
            Tensor?[] tensors = new Tensor?[Dimensions + indices.Length];
            bool any = false;
            int dim = 0;
            for (int i = 0; i < indices.Length; i++)
            {
                ref TensorIndex index = ref indices[i];
                switch (index.kind)
                {
                    case TensorIndex.Kind.Single:
                        view = view.select(dim, index.start ?? 0);
                        break;
                    case TensorIndex.Kind.Slice:
                        if (index.start is not null || index.stop is not null || index.step is not null)
                        {
                            view = Aten.Call("slice.Tensor", view, dim, index.start, index.stop, index.step ?? 1);
                        }

                        dim++;
                        break;
                    case TensorIndex.Kind.None:
                        view = view.unsqueeze(dim++);
                        break;
                    case TensorIndex.Kind.Ellipsis:
                        dim += (int)view.Dimensions - dim - indices[(i + 1)..].Sum(Consumes);
                        break;
                    case TensorIndex.Kind.Tensor:
                        any = true;
                        tensors[dim] = index.tensor;
                        dim += Consumes(index);
                        break;
                    default:
                        throw new NotSupportedException($"index of kind {index.kind}");
                }
            }

            return (view, any ? tensors[..(Array.FindLastIndex(tensors, t => t is not null) + 1)] : null);
        }

        private static int Consumes(TensorIndex index) => index.kind switch
        {
            TensorIndex.Kind.None => 0,
            TensorIndex.Kind.Tensor when index.tensor!.dtype is ScalarType.Bool or ScalarType.Byte => (int)index.tensor.Dimensions,
            _ => 1,
        };
    }
}
