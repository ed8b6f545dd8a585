// Group norm and layer norm, with SiLU behind them where it is wanted. Compiled once for each kind of processor.
#pragma once

#include <cstdint>

namespace cil {

// One group: `channels` runs of `size` numbers, side by side. Mean 0 and variance 1 over all of them, then each channel's
// weight and bias. A layer norm's row is a group whose channels have one number each.
struct NormTask {
    const void* input;
    void* output;
    const float* weight;
    const float* bias;
    int64_t channels, size;
    float eps;
    bool bfloat16;  // of input and output; computed in float32 and rounded once
    bool silu;
};

using NormKernel = void (*)(const NormTask& task);

void norm_avx512(const NormTask& task);
void norm_avx2(const NormTask& task);
void norm_generic(const NormTask& task);

}  // namespace cil
