#include "gated_kernel.h"
#include "vectors.h"

#if defined(__AVX512F__)
#define CIL_GATED_GELU gated_gelu_avx512
#elif defined(__AVX2__)
#define CIL_GATED_GELU gated_gelu_avx2
#else
#define CIL_GATED_GELU gated_gelu_generic
#endif

namespace {

// x (1 + erf(x / sqrt 2)) / 2 with erf of Abramowitz and Stegun, 7.1.26: absolute error of erf at most 1.5e-7, two and a
// half steps of float32 at 1.
inline Vector gelu(Vector x) {
    constexpr float kHalfRoot = 0.70710678f, kP = 0.3275911f;
    constexpr float kA1 = 0.254829592f, kA2 = -0.284496736f, kA3 = 1.421413741f, kA4 = -1.453152027f, kA5 = 1.061405429f;
    Vector z = x * kHalfRoot;
    Vector size = z < all(0) ? -z : z;
    Vector t = all(1) / (size * kP + all(1));
    Vector series = ((((t * kA5 + all(kA4)) * t + all(kA3)) * t + all(kA2)) * t + all(kA1)) * t;
    // 1 - |erf|: for a negative x it is what is left of 1 + erf, without a difference of two near numbers.
    Vector rest = series * exponential(-(size * size));
    return x * 0.5f * (x < all(0) ? rest : all(2) - rest);
}

template <class Number>
void run(const Number* input, Number* output, int64_t rows, int64_t width) {
    for (int64_t r = 0; r < rows; r++, input += 2 * width, output += width) {
        const Number* gates = input + width;
        int64_t c = 0;
        for (; c + kLanes <= width; c += kLanes) write(output + c, read(input + c) * gelu(read(gates + c)));
        if (c < width) {
            Number value[kLanes] = {}, gate[kLanes] = {}, result[kLanes];
            const size_t bytes = static_cast<size_t>(width - c) * sizeof(Number);
            std::memcpy(value, input + c, bytes);
            std::memcpy(gate, gates + c, bytes);
            write(result, read(value) * gelu(read(gate)));
            std::memcpy(output + c, result, bytes);
        }
    }
}

}  // namespace

void cil::CIL_GATED_GELU(const void* input, void* output, int64_t rows, int64_t width, bool bfloat16) {
    if (bfloat16) run(static_cast<const uint16_t*>(input), static_cast<uint16_t*>(output), rows, width);
    else run(static_cast<const float*>(input), static_cast<float*>(output), rows, width);
}
