// One head's attention in vectors of the compiler's own: nothing of libtorch is included here, because what is compiled
// for a newer processor must not be shared, as inline code of headers is, with what runs on an older one.
#include "attention_kernel.h"
#include "vectors.h"

#if defined(__AVX512F__)
#define CIL_ATTENTION attention_avx512
#elif defined(__AVX2__)
#define CIL_ATTENTION attention_avx2
#else
#define CIL_ATTENTION attention_generic
#endif

namespace {

using cil::Rows;

#if defined(__AVX512F__)
constexpr int kTileRows = 8;
#else
constexpr int kTileRows = 4;
#endif
constexpr int kTile = 2 * kLanes;    // columns of a tile: two vectors
constexpr int kBlockRows = 32;       // rows whose scores are in hand at once: a tile of keys serves them all
constexpr float kLowest = -3.0e38f;  // the score of a key that is not there

inline int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

// Folds a vector onto itself until one number is left.
template <class Fold>
inline float reduce(Vector v, Fold fold) {
    alignas(64) float lanes[kLanes];
    store(lanes, v);
    for (int half = kLanes / 2; half > 0; half /= 2) {
        for (int l = 0; l < half; l++) lanes[l] = fold(lanes[l], lanes[l + half]);
    }
    return lanes[0];
}

inline const float* row(const Rows& rows, int64_t i) { return rows.data + i * rows.stride; }

// tile[r][0..kTile) = sum over d of a[r][d] * b[d][0..kTile); the tile's rows are out_stride apart.
template <int kVectors>
inline void multiply(const float* const* a, const float* b, int64_t b_stride, int64_t count, float* out, int64_t out_stride) {
    Vector sums[kTileRows][kVectors] = {};
    for (int64_t d = 0; d < count; d++) {
        Vector columns[kVectors];
        for (int v = 0; v < kVectors; v++) columns[v] = load(b + d * b_stride + v * kLanes);
        for (int r = 0; r < kTileRows; r++) {
            Vector factor = all(a[r][d]);
            for (int v = 0; v < kVectors; v++) sums[r][v] += factor * columns[v];
        }
    }
    for (int r = 0; r < kTileRows; r++) {
        for (int v = 0; v < kVectors; v++) store(out + r * out_stride + v * kLanes, sums[r][v]);
    }
}

// Scores to weights: e^(score * scale - largest); returns one over their sum.
inline float weigh(float* scores, int64_t keys, int64_t padded, float scale) {
    for (int64_t k = keys; k < padded; k++) scores[k] = kLowest;
    Vector largest = all(kLowest);
    for (int64_t k = 0; k < padded; k += kLanes) {
        Vector s = load(scores + k);
        largest = s > largest ? s : largest;
    }
    float top = reduce(largest, [](float a, float b) { return a > b ? a : b; });
    Vector sum = {};
    for (int64_t k = 0; k < padded; k += kLanes) {
        Vector weight = exponential((load(scores + k) - all(top)) * scale);
        store(scores + k, weight);
        sum += weight;
    }
    return 1.0f / reduce(sum, [](float a, float b) { return a + b; });
}

}  // namespace

namespace cil {

#if !defined(__AVX2__) && !defined(__AVX512F__)
int64_t attention_workspace(const AttentionTask& t) {
    constexpr int64_t kWidestTile = 32;
    int64_t keys = round_up(t.keys, kWidestTile), width = round_up(t.width, kWidestTile);
    return keys * t.depth + keys * width + kBlockRows * (keys + width);
}
#endif

void CIL_ATTENTION(const AttentionTask& t, float* workspace) {
    // Few keys (frames of a clip) fit one vector: half a tile would be zeros.
    const bool narrow_keys = t.keys <= kLanes;
    const int64_t tile = narrow_keys ? kLanes : kTile;
    const int64_t keys = round_up(t.keys, tile), width = round_up(t.width, kTile);
    float* key_tiles = workspace;                     // (keys / tile, depth, tile): transposed, zeros beyond the last key
    float* values = key_tiles + keys * t.depth;       // (keys, width): zeros beyond the last column
    float* scores = values + keys * width;            // (kBlockRows, keys)
    float* results = scores + kBlockRows * keys;  // (kBlockRows, width)

    if (keys > t.keys) std::memset(key_tiles + (keys - tile) * t.depth, 0, sizeof(float) * tile * t.depth);
    for (int64_t k = 0; k < t.keys; k++) {
        const float* from = row(t.key, k);
        float* to = key_tiles + k / tile * tile * t.depth + k % tile;
        for (int64_t d = 0; d < t.depth; d++) to[d * tile] = from[d];
    }

    // Values that fill whole tiles are read where they lie.
    const bool in_place = t.width == width;
    const float* value_rows = in_place ? t.value.data : values;
    const int64_t value_stride = in_place ? t.value.stride : width;
    for (int64_t k = 0; !in_place && k < t.keys; k++) {
        std::memcpy(values + k * width, row(t.value, k), sizeof(float) * t.width);
        std::memset(values + k * width + t.width, 0, sizeof(float) * (width - t.width));
    }

    for (int64_t start = 0; start < t.rows; start += kBlockRows) {
        const int64_t count = t.rows - start < kBlockRows ? t.rows - start : kBlockRows;
        const int64_t padded = round_up(count, kTileRows);
        const float* query_rows[kBlockRows];
        float* weight_rows[kBlockRows];
        for (int64_t r = 0; r < padded; r++) {
            // The last tile's missing rows repeat the last one; their results are not written.
            query_rows[r] = row(t.query, start + (r < count ? r : count - 1));
            weight_rows[r] = scores + r * keys;
        }
        for (int64_t k = 0; k < keys; k += tile) {
            const float* columns = key_tiles + k * t.depth;
            for (int64_t r = 0; r < padded; r += kTileRows) {
                if (narrow_keys) multiply<1>(query_rows + r, columns, tile, t.depth, scores + r * keys + k, keys);
                else multiply<2>(query_rows + r, columns, tile, t.depth, scores + r * keys + k, keys);
            }
        }
        float shares[kBlockRows];
        for (int64_t r = 0; r < count; r++) shares[r] = weigh(scores + r * keys, t.keys, keys, t.scale);
        for (int64_t c = 0; c < width; c += kTile) {
            for (int64_t r = 0; r < padded; r += kTileRows) {
                multiply<2>(weight_rows + r, value_rows + c, value_stride, t.keys, results + r * width + c, width);
            }
        }
        for (int64_t r = 0; r < count; r++) {
            float* to = t.output + (start + r) * t.output_stride;
            const float* from = results + r * width;
            for (int64_t c = 0; c < t.width; c++) to[c] = from[c] * shares[r];
        }
    }
}

}  // namespace cil
