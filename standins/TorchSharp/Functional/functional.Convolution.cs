using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            public static Tensor conv1d(
                Tensor input, Tensor weight, Tensor? bias = null, long? stride = null, long? padding = null, long? dilation = null, long groups = 1) =>
                Aten.Call("conv1d", input, weight, bias, stride ?? 1, padding ?? 0, dilation ?? 1, groups);

            public static Tensor conv2d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Aten.Call("conv2d", input, weight, bias, strides ?? One, padding ?? Zero, dilation ?? One, groups);

            public static Tensor conv3d(
                Tensor input, Tensor weight, Tensor? bias = null, long[]? strides = null, long[]? padding = null, long[]? dilation = null, long groups = 1) =>
                Aten.Call("conv3d", input, weight, bias, strides ?? One, padding ?? Zero, dilation ?? One, groups);

            public static Tensor conv_transpose2d(
                Tensor input,
                Tensor weight,
                Tensor? bias = null,
                long[]? strides = null,
                long[]? padding = null,
                long[]? output_padding = null,
                long[]? dilation = null,
                long groups = 1) =>
                Aten.Call(
                    "conv_transpose2d.input", input, weight, bias, strides ?? One, padding ?? Zero, output_padding ?? Zero, groups, dilation ?? One);

            public static Tensor linear(Tensor input, Tensor weights, Tensor? bias = null) => Aten.Call("linear", input, weights, bias);

            public static Tensor avg_pool2d(
                Tensor input,
                long[] kernel_size,
                long[]? stride = null,
                long[]? padding = null,
                bool ceil_mode = false,
                bool count_include_pad = true,
                long? divisor_override = null) =>
                Aten.Call("avg_pool2d", input, kernel_size, stride ?? [], padding ?? Zero, ceil_mode, count_include_pad, divisor_override);

            // One number stands for all dimensions.
            private static readonly long[] One = [1];
            private static readonly long[] Zero = [0];
        }
    }
}
