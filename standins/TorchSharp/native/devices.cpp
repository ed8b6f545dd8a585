// What TorchSharp's public API does not tell of a device: its memory, its abilities, layouts of pictures.
#include "abi.h"

#include <c10/core/Allocator.h>
#include <dlfcn.h>

// What libtorch's allocators of devices have in common, from this version on; before, each had an interface of its own.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 9)
#define CIL_HAS_DEVICE_ALLOCATOR
#include <c10/core/CachingDeviceAllocator.h>
#endif

namespace {
// CUDA's runtime is loaded by libtorch where there is one; asking it by name needs no toolkit when this is compiled.
template <class Function>
Function cuda(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

constexpr int kMajor = 75, kMinor = 76;  // cudaDevAttrComputeCapabilityMajor and Minor

#ifdef CIL_HAS_DEVICE_ALLOCATOR
// The allocator of CUDA memory; null where there is none, or where CUDA was not used yet.
c10::DeviceAllocator* cuda_allocator() {
    auto found = dynamic_cast<c10::DeviceAllocator*>(c10::GetAllocator(c10::DeviceType::CUDA));
    return found && found->initialized() ? found : nullptr;
}
#endif
}  // namespace

// Total and free bytes of a CUDA device; -1 where that cannot be asked.
CIL_EXPORT int32_t cil_cuda_memory(int32_t ordinal, int64_t* total_and_free) {
    auto set_device = cuda<int (*)(int)>("cudaSetDevice");
    auto get_device = cuda<int (*)(int*)>("cudaGetDevice");
    auto memory = cuda<int (*)(size_t*, size_t*)>("cudaMemGetInfo");
    int before = 0;
    if (!set_device || !get_device || !memory || get_device(&before) != 0) return -1;
    size_t free_bytes = 0, total_bytes = 0;
    int failed = set_device(ordinal) != 0 || memory(&free_bytes, &total_bytes) != 0;
    set_device(before);
    if (failed) return -1;
    total_and_free[0] = static_cast<int64_t>(total_bytes);
    total_and_free[1] = static_cast<int64_t>(free_bytes);
    return 0;
}

// Ten times the compute capability (90 for 9.0), or -1.
CIL_EXPORT int32_t cil_cuda_capability(int32_t ordinal) {
    auto attribute = cuda<int (*)(int*, int, int)>("cudaDeviceGetAttribute");
    int major = 0, minor = 0;
    if (!attribute || attribute(&major, kMajor, ordinal) != 0 || attribute(&minor, kMinor, ordinal) != 0) return -1;
    return major * 10 + minor;
}

// As cil_memory_statistics, of a CUDA device; -1 where that is not known.
CIL_EXPORT int32_t cil_cuda_memory_statistics(int32_t ordinal, int64_t* six) {
    return cil::guarded(-1, [&] {
#ifdef CIL_HAS_DEVICE_ALLOCATOR
        if (auto allocator = cuda_allocator()) {
            auto statistics = allocator->getDeviceStats(static_cast<c10::DeviceIndex>(ordinal));
            constexpr auto kAll = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
            six[0] = statistics.allocated_bytes[kAll].current;
            six[1] = statistics.allocated_bytes[kAll].peak;
            six[2] = statistics.reserved_bytes[kAll].current;
            six[3] = statistics.reserved_bytes[kAll].peak;
            six[4] = statistics.allocation[kAll].allocated;
            six[5] = statistics.num_device_alloc;
            return 0;
        }
#endif
        return -1;
    });
}

CIL_EXPORT void cil_cuda_memory_reset_peaks(int32_t ordinal) {
    cil::guarded(0, [&] {
#ifdef CIL_HAS_DEVICE_ALLOCATOR
        if (auto allocator = cuda_allocator()) allocator->resetPeakStats(static_cast<c10::DeviceIndex>(ordinal));
#endif
        return 0;
    });
}

// Of all CUDA devices: a block that is in use stays.
CIL_EXPORT void cil_cuda_memory_empty_cache() {
    cil::guarded(0, [] {
#ifdef CIL_HAS_DEVICE_ALLOCATOR
        if (auto allocator = cuda_allocator()) allocator->emptyCache();
#endif
        return 0;
    });
}

CIL_EXPORT int32_t cil_cuda_synchronize(int32_t ordinal) {
    auto set_device = cuda<int (*)(int)>("cudaSetDevice");
    auto synchronize = cuda<int (*)()>("cudaDeviceSynchronize");
    if (!set_device || !synchronize) return 0;  // no CUDA, nothing to wait for
    if ((ordinal >= 0 && set_device(ordinal) != 0) || synchronize() != 0) {
        cil::set_error("the CUDA device reports an error");
        return -1;
    }
    return 0;
}

// The tensor in a memory format (1: preserved, 2: channels last, 3: channels last of 3-D), a copy where it is in another.
CIL_EXPORT cil::Impl* cil_to_memory_format(cil::Impl* handle, int32_t format) {
    return cil::guarded<cil::Impl*>(nullptr, [&] {
        return cil::hand_over(cil::share(handle).contiguous(static_cast<c10::MemoryFormat>(format)));
    });
}
