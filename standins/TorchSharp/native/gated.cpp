// The gate of a GEGLU feed-forward in one pass over memory instead of three. It knows no gradients.
#include "abi.h"
#include "gated_kernel.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

// input (..., 2 w), dense, float32 or bfloat16: values, then gates. The result (..., w) is value * gelu(gate).
CIL_EXPORT cil::Impl* cil_gated_gelu(cil::Impl* input) {
    return cil::guarded<cil::Impl*>(nullptr, [&] {
        static const cil::GatedKernel kernel = __builtin_cpu_supports("avx512f") ? cil::gated_gelu_avx512
            : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")    ? cil::gated_gelu_avx2
                                                                                 : cil::gated_gelu_generic;
        at::Tensor x = cil::share(input).contiguous();
        const bool bfloat16 = x.scalar_type() == at::kBFloat16;
        TORCH_CHECK(x.device().is_cpu() && (bfloat16 || x.scalar_type() == at::kFloat), "gated gelu: expected float32 or bfloat16 on the CPU");
        TORCH_CHECK(x.dim() > 0 && x.size(-1) % 2 == 0, "gated gelu: expected an even last dimension, got ", x.sizes());
        const int64_t width = x.size(-1) / 2, rows = width == 0 ? 0 : x.numel() / (2 * width);
        auto shape = x.sizes().vec();
        shape.back() = width;
        at::Tensor out = at::empty(shape, x.options());
        const int64_t item = static_cast<int64_t>(x.itemsize());
        constexpr int64_t kNumbersAtOnce = 1 << 14;  // below this, another thread costs more than it saves
        const int64_t grain = std::max<int64_t>(1, kNumbersAtOnce / std::max<int64_t>(1, width));
        auto from = static_cast<const char*>(x.data_ptr());
        auto to = static_cast<char*>(out.data_ptr());
        at::parallel_for(0, rows, grain, [&](int64_t begin, int64_t end) {
            kernel(from + begin * 2 * width * item, to + begin * width * item, end - begin, width, bfloat16);
        });
        return cil::hand_over(std::move(out));
    });
}
