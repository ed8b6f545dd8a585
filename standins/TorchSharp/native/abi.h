// The C interface between the managed TorchSharp API and libtorch.
//
// Tensors cross as pointers to at::TensorImpl that own one reference. Every function that can fail returns a
// negative number or null and leaves a message for cil_last_error; no exception leaves this library.
#pragma once

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <optional>
#include <torch/csrc/api/include/torch/version.h>

#define CIL_EXPORT extern "C" __attribute__((visibility("default")))

enum CilTag : int32_t {
    CIL_NONE = 0,
    CIL_TENSOR = 1,       // p: TensorImpl*, null for an undefined tensor
    CIL_INT = 2,          // i; also data types, layouts and memory formats
    CIL_DOUBLE = 3,       // d
    CIL_BOOL = 4,         // i
    CIL_INT_LIST = 5,     // p: int64_t[count]
    CIL_DOUBLE_LIST = 6,  // p: double[count]
    CIL_TENSOR_LIST = 7,  // p: TensorImpl*[count], null for a missing one
    CIL_STRING = 8,       // p: UTF-8, count bytes
    CIL_DEVICE = 9,       // i: type << 8 | (index + 1)
    CIL_GENERATOR = 10,   // p: GeneratorImpl*
};

// One argument or one result of an operator.
struct CilValue {
    int32_t tag;
    int32_t count;
    union {
        int64_t i;
        double d;
        void* p;
    };
};

namespace cil {

using Impl = c10::TensorImpl;

// libtorch's own optional gave way to the language's.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
template <class T>
using Optional = std::optional<T>;
#else
template <class T>
using Optional = c10::optional<T>;
#endif

void set_error(const char* message);

// A second reference to the tensor behind a handle.
inline at::Tensor share(Impl* handle) {
    if (handle == nullptr) return at::Tensor();
    return at::Tensor(c10::intrusive_ptr<Impl, at::UndefinedTensorImpl>::reclaim_copy(handle));
}

// Hands the tensor's reference over to the caller; an undefined tensor becomes null.
inline Impl* hand_over(at::Tensor&& tensor) {
    return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

inline c10::Device device_of(int64_t packed) {
    return c10::Device(static_cast<c10::DeviceType>(packed >> 8), static_cast<c10::DeviceIndex>((packed & 255) - 1));
}

// Runs a piece of code and turns what it throws into the thread's last error.
template <class Result, class Body>
Result guarded(Result on_error, Body&& body) noexcept {
    try {
        return body();
    } catch (const c10::Error& e) {
        set_error(e.what_without_backtrace());
    } catch (const std::exception& e) {
        set_error(e.what());
    } catch (...) {
        set_error("an unknown C++ exception was thrown by libtorch");
    }
    return on_error;
}

}  // namespace cil
