// value * gelu(gate) for rows that hold the values and then the gates. Compiled once for each kind of processor.
#pragma once

#include <cstdint>

namespace cil {

// input: rows of 2 * width numbers, values first; output: rows of width. float32, or bfloat16 computed in float32.
using GatedKernel = void (*)(const void* input, void* output, int64_t rows, int64_t width, bool bfloat16);

void gated_gelu_avx512(const void* input, void* output, int64_t rows, int64_t width, bool bfloat16);
void gated_gelu_avx2(const void* input, void* output, int64_t rows, int64_t width, bool bfloat16);
void gated_gelu_generic(const void* input, void* output, int64_t rows, int64_t width, bool bfloat16);

}  // namespace cil
