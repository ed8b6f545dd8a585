#include "norm_kernel.h"
#include "vectors.h"

#include <cmath>

#if defined(__AVX512F__)
#define CIL_NORM norm_avx512
#elif defined(__AVX2__)
#define CIL_NORM norm_avx2
#else
#define CIL_NORM norm_generic
#endif

namespace {

constexpr int64_t kRun = 4096;  // numbers summed in float32 before the sum goes to a double: 2^12 of 2^24

inline double total(Vector v) {
    alignas(64) float lanes[kLanes];
    store(lanes, v);
    double sum = 0;
    for (int l = 0; l < kLanes; l++) sum += lanes[l];
    return sum;
}

// The sum of (x - middle), or of its square, over numbers that lie side by side.
template <bool kSquare, class Number>
double add_up(const Number* x, int64_t count, float middle) {
    double sum = 0;
    for (int64_t start = 0; start < count; start += kRun) {
        const int64_t end = start + kRun < count ? start + kRun : count;
        Vector even = {}, odd = {};
        int64_t i = start;
        for (; i + 2 * kLanes <= end; i += 2 * kLanes) {
            Vector a = read(x + i) - all(middle), b = read(x + i + kLanes) - all(middle);
            even += kSquare ? a * a : a;
            odd += kSquare ? b * b : b;
        }
        sum += total(even + odd);
        for (; i < end; i++) {
            float a = read_one(x + i) - middle;
            sum += kSquare ? a * a : a;
        }
    }
    return sum;
}

// x / (1 + e^-x), by e^-|x|, which cannot overflow.
inline Vector silu(Vector x) {
    Vector e = exponential(x < all(0) ? x : -x);
    return (x < all(0) ? x * e : x) / (all(1) + e);
}

template <class Number, class Scale>
void run(const Number* x, Number* y, int64_t count, bool activate, Scale scale) {
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes) {
        Vector v = scale(read(x + i), i);
        write(y + i, activate ? silu(v) : v);
    }
    if (i == count) return;
    Number from[kLanes] = {}, to[kLanes];
    std::memcpy(from, x + i, static_cast<size_t>(count - i) * sizeof(Number));
    Vector v = scale(read(from), i);
    write(to, activate ? silu(v) : v);
    std::memcpy(y + i, to, static_cast<size_t>(count - i) * sizeof(Number));
}

template <class Number>
void normalise(const cil::NormTask& t) {
    auto x = static_cast<const Number*>(t.input);
    auto y = static_cast<Number*>(t.output);
    const int64_t count = t.channels * t.size;
    const float mean = static_cast<float>(add_up<false>(x, count, 0) / static_cast<double>(count));
    const float factor = static_cast<float>(1 / std::sqrt(add_up<true>(x, count, mean) / static_cast<double>(count) + t.eps));
    if (t.size == 1) {
        run(x, y, count, t.silu, [&](Vector v, int64_t i) {
            float weight[kLanes] = {}, bias[kLanes] = {};
            const bool whole = i + kLanes <= count;
            if (!whole) {
                std::memcpy(weight, t.weight + i, static_cast<size_t>(count - i) * sizeof(float));
                std::memcpy(bias, t.bias + i, static_cast<size_t>(count - i) * sizeof(float));
            }
            return (v - all(mean)) * factor * load(whole ? t.weight + i : weight) + load(whole ? t.bias + i : bias);
        });
        return;
    }
    for (int64_t c = 0; c < t.channels; c++) {
        const float weight = t.weight[c] * factor, bias = t.bias[c];
        run(x + c * t.size, y + c * t.size, t.size, t.silu, [&](Vector v, int64_t) { return (v - all(mean)) * weight + all(bias); });
    }
}

}  // namespace

void cil::CIL_NORM(const NormTask& task) {
    if (task.bfloat16) normalise<uint16_t>(task);
    else normalise<float>(task);
}
