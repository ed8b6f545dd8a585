// Norms in one pass over memory instead of up to four (to float32, norm, back, SiLU). They know no gradients.
#include "abi.h"
#include "norm_kernel.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

namespace {

cil::NormKernel kernel() {
    static const cil::NormKernel chosen = __builtin_cpu_supports("avx512f") ? cil::norm_avx512
        : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")   ? cil::norm_avx2
                                                                             : cil::norm_generic;
    return chosen;
}

const float* parameter(const at::Tensor& t, int64_t count, const char* name) {
    TORCH_CHECK(
        t.device().is_cpu() && t.scalar_type() == at::kFloat && t.is_contiguous() && t.numel() == count, "norm: ", name, ": expected ", count,
        " dense float32 numbers on the CPU, got ", t.sizes());
    return static_cast<const float*>(t.data_ptr());
}

}  // namespace

// input (N, C, ...), float32 or bfloat16; weight and bias (C), float32. groups > 0: group norm, each sample's C / groups
// channels together; groups = 0: layer norm over the last dimension, whose numbers are the channels.
CIL_EXPORT cil::Impl* cil_norm(cil::Impl* input, int64_t groups, cil::Impl* weight, cil::Impl* bias, double eps, int32_t silu) {
    return cil::guarded<cil::Impl*>(nullptr, [&] {
        at::Tensor x = cil::share(input).contiguous(), w = cil::share(weight), b = cil::share(bias);
        const bool bfloat16 = x.scalar_type() == at::kBFloat16;
        TORCH_CHECK(x.device().is_cpu() && (bfloat16 || x.scalar_type() == at::kFloat), "norm: expected float32 or bfloat16 on the CPU");
        TORCH_CHECK(x.dim() >= (groups == 0 ? 1 : 2), "norm: not enough dimensions: ", x.sizes());
        const int64_t channels = groups == 0 ? x.size(-1) : x.size(1);
        TORCH_CHECK(groups == 0 || channels % groups == 0, "norm: ", channels, " channels do not make ", groups, " groups");
        at::Tensor out = at::empty(x.sizes(), x.options());
        if (x.numel() == 0) return cil::hand_over(std::move(out));

        cil::NormTask whole{};
        whole.channels = groups == 0 ? channels : channels / groups;
        whole.size = groups == 0 ? 1 : x.numel() / (x.size(0) * channels);
        whole.eps = static_cast<float>(eps);
        whole.bfloat16 = bfloat16;
        whole.silu = silu != 0;
        const float* weights = parameter(w, channels, "weight");
        const float* biases = parameter(b, channels, "bias");
        const int64_t count = whole.channels * whole.size, bytes = count * static_cast<int64_t>(x.itemsize());
        constexpr int64_t kNumbersAtOnce = 1 << 14;  // below this, another thread costs more than it saves
        at::parallel_for(0, x.numel() / count, std::max<int64_t>(1, kNumbersAtOnce / count), [&](int64_t begin, int64_t end) {
            for (int64_t group = begin; group < end; group++) {
                cil::NormTask one = whole;
                const int64_t first = groups == 0 ? 0 : group % groups * whole.channels;
                one.input = static_cast<const char*>(x.data_ptr()) + group * bytes;
                one.output = static_cast<char*>(out.data_ptr()) + group * bytes;
                one.weight = weights + first;
                one.bias = biases + first;
                kernel()(one);
            }
        });
        return cil::hand_over(std::move(out));
    });
}
