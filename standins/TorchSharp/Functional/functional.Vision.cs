using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            /// <summary>Widens the last dimensions: (left, right) of the last, then of the one before it, …</summary>
            /// <exception cref="ArgumentException">the mode has no form for that many dimensions</exception>
            public static Tensor pad(Tensor input, long[] pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                (mode, pad.Length / 2) switch
                {
                    (PaddingModes.Constant or PaddingModes.Zeros, _) => Aten.Call("constant_pad_nd", input, pad, value),
                    (PaddingModes.Reflect, 1) => Aten.Call("reflection_pad1d", input, pad),
                    (PaddingModes.Reflect, 2) => Aten.Call("reflection_pad2d", input, pad),
                    (PaddingModes.Reflect, 3) => Aten.Call("reflection_pad3d", input, pad),
                    (PaddingModes.Replicate, 1) => Aten.Call("replication_pad1d", input, pad),
                    (PaddingModes.Replicate, 2) => Aten.Call("replication_pad2d", input, pad),
                    (PaddingModes.Replicate, 3) => Aten.Call("replication_pad3d", input, pad),
                    (PaddingModes.Circular, _) => Aten.Call("_pad_circular", input, pad),
                    _ => throw new ArgumentException($"padding {pad.Length / 2} dimensions in mode {mode}"),
                };

            public static Tensor pad(Tensor input, (long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2], mode, value);

            public static Tensor pad(Tensor input, (long, long, long, long) pad, PaddingModes mode = PaddingModes.Constant, double value = 0) =>
                functional.pad(input, [pad.Item1, pad.Item2, pad.Item3, pad.Item4], mode, value);

            /// <summary>Resizes the dimensions after the second, to a size or by factors.</summary>
            /// <exception cref="ArgumentException">not exactly one of size and factors is given, or the mode does not fit the dimensions</exception>
            public static Tensor interpolate(
                Tensor x,
                long[]? size = null,
                double[]? scale_factor = null,
                InterpolationMode mode = InterpolationMode.Nearest,
                bool? align_corners = null,
                bool recompute_scale_factor = false,
                bool antialias = false)
            {
                if (size is null == scale_factor is null) throw new ArgumentException("Only one of size or scale_factor should be defined.");
                int dims = (int)x.Dimensions - 2;
                if (scale_factor is not null && recompute_scale_factor)
                {
                    size = [.. scale_factor.Select((factor, d) => (long)Math.Floor(x.size(d + 2) * factor))];
                    scale_factor = null;
                }

                if (scale_factor is { Length: 1 }) scale_factor = [.. Enumerable.Repeat(scale_factor[0], dims)];
                bool align = align_corners ?? false;
                string aa = antialias ? "_aa" : "";
                return (mode, dims) switch
                {
                    (InterpolationMode.Nearest, 1) => Aten.Call("upsample_nearest1d.vec", x, size, scale_factor),
                    (InterpolationMode.Nearest, 2) => Aten.Call("upsample_nearest2d.vec", x, size, scale_factor),
                    (InterpolationMode.Nearest, 3) => Aten.Call("upsample_nearest3d.vec", x, size, scale_factor),
                    (InterpolationMode.NearestExact, 2) => Aten.Call("_upsample_nearest_exact2d.vec", x, size, scale_factor),
                    (InterpolationMode.Area, 2) when size is not null => Aten.Call("adaptive_avg_pool2d", x, size),
                    (InterpolationMode.Linear, 1) => Aten.Call("upsample_linear1d.vec", x, size, align, scale_factor),
                    (InterpolationMode.Bilinear, 2) => Aten.Call(antialias ? "_upsample_bilinear2d_aa.vec" : "upsample_bilinear2d.vec", x, size, align, scale_factor),
                    (InterpolationMode.Bicubic, 2) => Aten.Call(antialias ? "_upsample_bicubic2d_aa.vec" : "upsample_bicubic2d.vec", x, size, align, scale_factor),
                    (InterpolationMode.Trilinear, 3) => Aten.Call("upsample_trilinear3d.vec", x, size, align, scale_factor),
                    _ => throw new ArgumentException($"interpolation mode {mode}{aa} does not fit a tensor with {x.Dimensions} dimensions"),
                };
            }
        }
    }
}
