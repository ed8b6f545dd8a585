using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static partial class nn
    {
        public static partial class functional
        {
            // Scores of one chunk stay within the processor's caches: 2^20 float32 numbers are 4 MiB.
            private const long ScoresAtOnce = 1 << 20;

            /// <summary>
            /// softmax(Q Kᵀ / √d) V over the last two dimensions: query (…, L, d), key (…, S, d), value (…, S, e), result (…, L, e).
            /// A mask of truth values says what takes part; a mask of numbers is added to the scores.
            /// </summary>
            /// <exception cref="ArgumentException">p is negative, or both a mask and is_casual are given</exception>
            public static Tensor scaled_dot_product_attention(
                Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0.0, bool is_casual = false)
            {
                if (p < 0) throw new ArgumentException("Dropout probability must be greater than or equal to zero.");
                if (is_casual && attn_mask is not null) throw new ArgumentException("Casual attention masking cannot pass a mask.");
                if (HasFusedAttention) return Aten.Call("scaled_dot_product_attention", query, key, value, attn_mask, p, is_casual);
                return attn_mask is null && !is_casual && p == 0 && FitsKernel(query, key, value)
                    ? Kernel(query, key, value)
                    : ChunkedAttention(query, key, value, attn_mask, p, is_casual);
            }

            // The native library's own kernel: float32 on the CPU, without gradients, in the layouts that networks have.
            private static bool FitsKernel(Tensor query, Tensor key, Tensor value)
            {
                return query.dtype == ScalarType.Float32 && key.dtype == ScalarType.Float32 && value.dtype == ScalarType.Float32
                    && query.ndim == 4 && key.ndim == 4 && value.ndim == 4
                    && query.size(0) == key.size(0) && query.size(0) == value.size(0)
                    && query.size(1) == key.size(1) && query.size(1) == value.size(1)
                    && query.is_cpu() && key.is_cpu() && value.is_cpu()
                    && query.stride(3) == 1 && key.stride(3) == 1 && value.stride(3) == 1
                    && !(is_grad_enabled() && (query.requires_grad || key.requires_grad || value.requires_grad));
            }

            private static Tensor Kernel(Tensor query, Tensor key, Tensor value)
            {
                nint made = Native.Checked(Native.cil_attention(query.Handle, key.Handle, value.Handle, 1 / Math.Sqrt(query.size(-1))));
                GC.KeepAlive(query);
                GC.KeepAlive(key);
                GC.KeepAlive(value);
                return new Tensor(made);
            }

            private static bool HasFusedAttention { get; } = Aten.Has("scaled_dot_product_attention");

            // libtorch before 2.0 has no such operator. The same sums, a few rows of scores at a time, so that they need not
            // all lie in memory.
            private static Tensor ChunkedAttention(Tensor query, Tensor key, Tensor value, Tensor? mask, double p, bool causal)
            {
                using DisposeScope scope = NewDisposeScope();
                long rows = query.size(-2), columns = key.size(-2), depth = query.size(-1);
                double scale = 1 / Math.Sqrt(depth);
                long[] batch = query.shape[..^2];
                long matrices = batch.Aggregate(1L, (product, length) => product * length);
                if (causal) mask = ones([rows, columns], ScalarType.Bool, query.device).tril();
                if (mask is not null && mask.dtype == ScalarType.Bool)
                {
                    mask = zeros(mask.shape, query.dtype, query.device).masked_fill_(mask.logical_not(), double.NegativeInfinity);
                }

                Tensor q = query.reshape(matrices, rows, depth).mul(scale);
                Tensor k = key.expand([.. batch, columns, depth]).reshape(matrices, columns, depth).transpose(1, 2); // (B, d, S)
                Tensor v = value.expand([.. batch, columns, value.size(-1)]).reshape(matrices, columns, -1);         // (B, S, e)
                long perChunk = Math.Max(1, Math.Min(rows, ScoresAtOnce / Math.Max(1, columns)));
                long matricesPerChunk = Math.Max(1, Math.Min(matrices, ScoresAtOnce / Math.Max(1, perChunk * columns)));
                if (mask is not null) matricesPerChunk = matrices; // a mask has the batch's own dimensions
                List<Tensor> parts = [];
                for (long b = 0; b < matrices; b += matricesPerChunk)
                {
                    long take = Math.Min(matricesPerChunk, matrices - b);
                    List<Tensor> chunks = [];
                    for (long r = 0; r < rows; r += perChunk)
                    {
                        using DisposeScope chunk = NewDisposeScope();
                        long count = Math.Min(perChunk, rows - r);
                        Tensor part = q.narrow(0, b, take).narrow(1, r, count);
                        // Not baddbmm with beta 0, which saves the scaling: libtorch 1.13 reads uninitialised memory there.
                        Tensor scores = part.bmm(k.narrow(0, b, take));
                        if (mask is not null)
                        {
                            Tensor rowsOfMask = mask.size(-2) == 1 ? mask : mask.narrow(-2, r, count);
                            scores = scores.view([.. batch, count, columns]).add(rowsOfMask).view(matrices, count, columns);
                        }

                        scores = scores.softmax(-1);
                        if (p > 0) scores = dropout(scores, p);
                        chunks.Add(scores.bmm(v.narrow(0, b, take)).MoveToOuterDisposeScope());
                    }

                    parts.Add(chunks.Count == 1 ? chunks[0] : cat(chunks, 1));
                }

                Tensor joined = parts.Count == 1 ? parts[0] : cat(parts, 0);
                return joined.view([.. batch, rows, value.size(-1)]).MoveToOuterDisposeScope();
            }
        }
    }
}
