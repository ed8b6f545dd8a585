using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor group_norm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Aten.Call("group_norm", input, num_groups, weight, bias, eps);

            public static Tensor layer_norm(
                Tensor input, long[] normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
                Aten.Call("layer_norm", input, normalized_shape, weight, bias, eps);

            /// <summary>Divides by the p-norm along a dimension, which counts as at least <paramref name="eps"/>.</summary>
            public static Tensor normalize(Tensor input, double p = 2.0, long dim = 1L, double eps = 1e-12)
            {
                using DisposeScope scope = NewDisposeScope();
                Tensor norm = Aten.Call("norm.ScalarOpt_dim", input, p, new[] { dim }, true);
                return input.div(norm.clamp_min(eps)).MoveToOuterDisposeScope();
            }

            public static Tensor dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) =>
                inplace ? Aten.CallInPlace("dropout_", input, p, training).alias() : Aten.Call("dropout", input, p, training);
        }
    }
}
