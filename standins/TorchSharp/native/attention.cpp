// Attention on the CPU without the copies and the score matrices that a chain of operators makes. libtorch has such an
// operator from 2.0 on; this one serves the versions before. It knows no gradients.
#include "abi.h"
#include "attention_kernel.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <vector>

namespace {

cil::AttentionKernel kernel() {
    static const cil::AttentionKernel chosen = __builtin_cpu_supports("avx512f") ? cil::attention_avx512
        : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")        ? cil::attention_avx2
                                                                                   : cil::attention_generic;
    return chosen;
}

float* head(const at::Tensor& t, int64_t b, int64_t h) {
    return static_cast<float*>(t.data_ptr()) + b * t.stride(0) + h * t.stride(1);
}

}  // namespace

// query (B, H, n, d), key (B, H, m, d), value (B, H, m, e), all float32 with the last dimension dense.
// The result (B, H, n, e) lies in memory as (B, n, H, e), which is how a network goes on with it.
CIL_EXPORT cil::Impl* cil_attention(cil::Impl* query, cil::Impl* key, cil::Impl* value, double scale) {
    return cil::guarded<cil::Impl*>(nullptr, [&] {
        at::Tensor q = cil::share(query), k = cil::share(key), v = cil::share(value);
        TORCH_CHECK(
            q.scalar_type() == at::kFloat && k.scalar_type() == at::kFloat && v.scalar_type() == at::kFloat, "attention: expected float32");
        TORCH_CHECK(q.dim() == 4 && k.dim() == 4 && v.dim() == 4, "attention: expected four dimensions");
        const int64_t batch = q.size(0), heads = q.size(1), rows = q.size(2), keys = k.size(2);
        TORCH_CHECK(
            k.size(0) == batch && v.size(0) == batch && k.size(1) == heads && v.size(1) == heads && v.size(2) == keys && k.size(3) == q.size(3),
            "attention: shapes do not fit: query ", q.sizes(), ", key ", k.sizes(), ", value ", v.sizes());
        at::Tensor out = at::empty({batch, rows, heads, v.size(3)}, q.options());

        cil::AttentionTask whole{};
        whole.keys = keys;
        whole.depth = q.size(3);
        whole.width = v.size(3);
        whole.scale = static_cast<float>(scale);
        // Few heads are cut into runs of rows, so that every thread has work; a row's result does not depend on the cut.
        constexpr int64_t kTasksPerThread = 4, kLeastRows = 64;
        const int64_t wanted = (at::get_num_threads() * kTasksPerThread + batch * heads - 1) / (batch * heads);
        const int64_t parts = std::max<int64_t>(1, std::min(wanted, rows / kLeastRows));
        const int64_t rows_per_part = (rows + parts - 1) / parts;
        at::parallel_for(0, batch * heads * parts, 1, [&](int64_t begin, int64_t end) {
            std::vector<float> workspace(cil::attention_workspace(whole));
            for (int64_t task = begin; task < end; task++) {
                const int64_t part = task % parts, h = task / parts % heads, b = task / parts / heads;
                const int64_t first = part * rows_per_part, last = std::min(rows, first + rows_per_part);
                if (first >= last) continue;
                cil::AttentionTask one = whole;
                one.rows = last - first;
                one.query = {head(q, b, h) + first * q.stride(2), q.stride(2)};
                one.key = {head(k, b, h), k.stride(2)};
                one.value = {head(v, b, h), v.stride(2)};
                one.output = static_cast<float*>(out.data_ptr()) + ((b * rows + first) * heads + h) * whole.width;
                one.output_stride = heads * whole.width;
                kernel()(one, workspace.data());
            }
        });
        return cil::hand_over(out.transpose(1, 2));
    });
}
