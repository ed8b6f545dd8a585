// The library as a whole: last error, version, threads, devices.
#include "abi.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <string>

namespace {
thread_local std::string last_error;

using SetThreads = void (*)(int);
// OpenBLAS keeps its own threads; where another BLAS is linked there is nothing to call.
SetThreads blas_set_threads() {
    static auto found = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
    return found;
}

template <class Hooks>
auto device_count(const Hooks& hooks, int) -> decltype(static_cast<int32_t>(hooks.getNumGPUs())) {
    return hooks.getNumGPUs();
}
template <class Hooks>
auto device_count(const Hooks& hooks, long) -> decltype(static_cast<int32_t>(hooks.deviceCount())) {
    return hooks.deviceCount();
}
}  // namespace

void cil::set_error(const char* message) { last_error = message; }

// The thread's last error, or null; reading clears it.
CIL_EXPORT const char* cil_last_error() {
    thread_local std::string read;
    if (last_error.empty()) return nullptr;
    read.swap(last_error);
    last_error.clear();
    return read.c_str();
}

CIL_EXPORT const char* cil_torch_version() { return TORCH_VERSION; }

CIL_EXPORT int32_t cil_get_threads() { return at::get_num_threads(); }

CIL_EXPORT int32_t cil_set_threads(int32_t count) {
    return cil::guarded(-1, [&] {
        at::set_num_threads(count);
        if (auto set = blas_set_threads()) set(count);
        return 0;
    });
}

CIL_EXPORT int32_t cil_get_interop_threads() { return at::get_num_interop_threads(); }

CIL_EXPORT int32_t cil_set_interop_threads(int32_t count) {
    return cil::guarded(-1, [&] {
        at::set_num_interop_threads(count);
        return 0;
    });
}

CIL_EXPORT int32_t cil_cuda_count() {
    return cil::guarded(0, [] {
        if (!at::hasCUDA()) return 0;
        return device_count(at::detail::getCUDAHooks(), 0);
    });
}

CIL_EXPORT int32_t cil_cudnn_available() {
    return cil::guarded(0, [] { return at::globalContext().hasCUDA() && at::globalContext().hasCuDNN() ? 1 : 0; });
}

// TF32 trades bits of float32 products for speed on CUDA.
CIL_EXPORT int32_t cil_get_tf32(int32_t convolutions) {
    return convolutions ? at::globalContext().allowTF32CuDNN() : at::globalContext().allowTF32CuBLAS();
}

CIL_EXPORT void cil_set_tf32(int32_t convolutions, int32_t allow) {
    if (convolutions) at::globalContext().setAllowTF32CuDNN(allow != 0);
    else at::globalContext().setAllowTF32CuBLAS(allow != 0);
}

CIL_EXPORT int32_t cil_has_mkldnn() { return at::hasMKLDNN() ? 1 : 0; }
