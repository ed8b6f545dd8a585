// Vectors of the processor that a file is compiled for. Everything has internal linkage: what one processor's code holds
// must not stand in for another's.
#pragma once

#include <cstdint>
#include <cstring>

namespace {

#if defined(__AVX512F__)
constexpr int kLanes = 16;
#elif defined(__AVX2__)
constexpr int kLanes = 8;
#else
constexpr int kLanes = 4;
#endif

typedef float Vector __attribute__((vector_size(kLanes * 4), aligned(4), may_alias));
typedef int32_t Integers __attribute__((vector_size(kLanes * 4), may_alias));
typedef uint16_t Shorts __attribute__((vector_size(kLanes * 2)));

inline Vector load(const float* p) { return *reinterpret_cast<const Vector*>(p); }
inline void store(float* p, Vector v) { *reinterpret_cast<Vector*>(p) = v; }
inline Vector all(float x) { return x - Vector{}; }

inline Vector from_bfloat16(const uint16_t* p) {
    Shorts bits;
    std::memcpy(&bits, p, sizeof bits);
    Integers wide = __builtin_convertvector(bits, Integers) << 16;
    return reinterpret_cast<Vector&>(wide);
}

// To the nearest, ties to even; not a number stays one.
inline void to_bfloat16(uint16_t* p, Vector v) {
    Integers bits = reinterpret_cast<Integers&>(v);
    Integers rounded = ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16) & 0xFFFF;
    Integers nan = v != v;
    rounded = (nan & 0x7FC0) | (~nan & rounded);
    Shorts narrow = __builtin_convertvector(rounded, Shorts);
    std::memcpy(p, &narrow, sizeof narrow);
}

// Numbers of either type, as float32: uint16_t holds a bfloat16's bits.
inline Vector read(const float* p) { return load(p); }
inline Vector read(const uint16_t* p) { return from_bfloat16(p); }
inline void write(float* p, Vector v) { store(p, v); }
inline void write(uint16_t* p, Vector v) { to_bfloat16(p, v); }

inline float read_one(const float* p) { return *p; }
inline float read_one(const uint16_t* p) {
    uint32_t bits = static_cast<uint32_t>(*p) << 16;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

// e^x for x <= 0: 2^n e^r with |r| <= ln 2 / 2, a polynomial of degree 6 (relative error below 2^-23), 0 below -87.
inline Vector exponential(Vector x) {
    constexpr float kLog2E = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f, kSmallest = -87.0f;
    constexpr float kRounder = 12582912.0f;  // 1.5 * 2^23: adding it leaves the nearest integer in the low bits
    Integers vanishes = x < all(kSmallest);
    Vector shifted = x * kLog2E + all(kRounder);
    Vector n = shifted - all(kRounder);
    Vector r = x - n * kLn2High - n * kLn2Low;
    Vector p = r * 1.9875691500e-4f + all(1.3981999507e-3f);
    p = p * r + all(8.3334519073e-3f);
    p = p * r + all(4.1665795894e-2f);
    p = p * r + all(1.6666665459e-1f);
    p = p * r + all(5.0000001201e-1f);
    p = p * r * r + r + all(1.0f);
    Integers power = (reinterpret_cast<Integers&>(shifted) << 23) + reinterpret_cast<Integers&>(p);
    power &= ~vanishes;
    return reinterpret_cast<Vector&>(power);
}

}  // namespace
