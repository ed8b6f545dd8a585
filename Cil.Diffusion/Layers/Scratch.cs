using TorchSharp;
using static TorchSharp.torch;

namespace Cil.Diffusion.Layers;

/// <summary>
/// Tensors on the way through a block. A scope keeps each until the block ends; at the sizes of pictures that is most of the
/// memory, so they are let go as soon as the next is made. What gradients need stays with the graph.
/// </summary>
internal static class Scratch
{
    // 64 MiB of float32 on the processor, 256 MiB of bfloat16 on a GPU: large enough that parts run as fast as the whole.
    private const long MostAtOnce = 16 << 20, MostAtOnceOnGpu = 128 << 20;

    /// <summary>The made tensor; the spent one ends.</summary>
    internal static Tensor Replace(Tensor spent, Tensor made)
    {
        if (!ReferenceEquals(spent, made)) spent.Dispose();
        return made;
    }

    /// <summary>x + change(norm(x)).</summary>
    internal static Tensor Residual(Tensor x, Func<Tensor, Tensor> norm, Func<Tensor, Tensor> change)
    {
        Tensor y = norm(x);
        y = Replace(y, change(y));
        return Replace(y, x + y);
    }

    /// <summary>
    /// act(x) for what treats each item of the first axis by itself. Without gradients, items beyond what is wanted in memory
    /// at once take their turn.
    /// </summary>
    /// <param name="inside">Numbers of the largest tensor inside, for one item.</param>
    internal static Tensor InParts(Tensor x, long inside, Func<Tensor, Tensor> act)
    {
        long items = x.size(0), part = Math.Max(1, (x.device_type == DeviceType.CUDA ? MostAtOnceOnGpu : MostAtOnce) / inside);
        if (items <= part || is_grad_enabled()) return act(x);
        using DisposeScope scope = NewDisposeScope();
        Tensor? all = null;
        for (long item = 0; item < items; item += part)
        {
            long count = Math.Min(part, items - item);
            using DisposeScope turn = NewDisposeScope();
            Tensor made = act(x.narrow(0, item, count));
            all ??= ChannelsLast.EmptyLike(made, [items, .. made.shape[1..]]).MoveToOuterDisposeScope();
            _ = all.narrow(0, item, count).copy_(made);
        }

        return all!.MoveToOuterDisposeScope();
    }
}
