// softmax(Q K^T scale) V for some rows of one head. Compiled once for each kind of processor (CMakeLists.txt).
#pragma once

#include <cstdint>

namespace cil {

// Rows of a float32 matrix; the numbers of a row lie side by side.
struct Rows {
    const float* data;
    int64_t stride;  // numbers from one row to the next
};

struct AttentionTask {
    Rows query, key, value;
    float* output;
    int64_t output_stride;
    int64_t rows, keys, depth, width;  // of Q, of K and V, of a row of Q and K, of a row of V
    float scale;
};

using AttentionKernel = void (*)(const AttentionTask& task, float* workspace);

// Floats of workspace that a task needs, whichever kernel runs it.
int64_t attention_workspace(const AttentionTask& task);

void attention_avx512(const AttentionTask& task, float* workspace);
void attention_avx2(const AttentionTask& task, float* workspace);
void attention_generic(const AttentionTask& task, float* workspace);

}  // namespace cil
