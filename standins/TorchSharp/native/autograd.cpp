// Gradients: flags of a tensor, the backward pass, and the modes of the calling thread.
#include "abi.h"

#include <c10/core/GradMode.h>
#include <c10/core/InferenceMode.h>
#include <vector>

CIL_EXPORT int32_t cil_requires_grad(cil::Impl* handle) {
    return cil::guarded(-1, [&] { return cil::share(handle).requires_grad() ? 1 : 0; });
}

CIL_EXPORT int32_t cil_set_requires_grad(cil::Impl* handle, int32_t value) {
    return cil::guarded(-1, [&] {
        cil::share(handle).requires_grad_(value != 0);
        return 0;
    });
}

CIL_EXPORT int32_t cil_is_leaf(cil::Impl* handle) {
    return cil::guarded(-1, [&] { return cil::share(handle).is_leaf() ? 1 : 0; });
}

CIL_EXPORT int32_t cil_retain_grad(cil::Impl* handle) {
    return cil::guarded(-1, [&] {
        cil::share(handle).retain_grad();
        return 0;
    });
}

// The gradient, or null where there is none (cil_last_error is empty then).
CIL_EXPORT cil::Impl* cil_grad(cil::Impl* handle) {
    return cil::guarded<cil::Impl*>(nullptr, [&] {
        at::Tensor grad = cil::share(handle).grad();
        return cil::hand_over(std::move(grad));
    });
}

CIL_EXPORT int32_t cil_set_grad(cil::Impl* handle, cil::Impl* grad) {
    return cil::guarded(-1, [&] {
        cil::share(handle).mutable_grad() = cil::share(grad);
        return 0;
    });
}

CIL_EXPORT int32_t cil_backward(
    cil::Impl* handle, cil::Impl* gradient, int32_t retain_graph, int32_t create_graph, cil::Impl** inputs, int32_t count) {
    return cil::guarded(-1, [&] {
        std::vector<at::Tensor> leaves;
        for (int32_t i = 0; i < count; i++) leaves.push_back(cil::share(inputs[i]));
        cil::Optional<at::TensorList> only;
        if (count > 0) only = at::TensorList(leaves);
        cil::share(handle).backward(cil::share(gradient), retain_graph != 0, create_graph != 0, only);
        return 0;
    });
}

CIL_EXPORT int32_t cil_grad_mode() { return c10::GradMode::is_enabled() ? 1 : 0; }

CIL_EXPORT void cil_set_grad_mode(int32_t enabled) { c10::GradMode::set_enabled(enabled != 0); }

CIL_EXPORT int32_t cil_inference_mode() { return c10::InferenceMode::is_enabled() ? 1 : 0; }

// A guard that must be left on the thread that entered it.
CIL_EXPORT void* cil_inference_mode_enter(int32_t enabled) {
    return cil::guarded<void*>(nullptr, [&] { return new c10::InferenceMode(enabled != 0); });
}

CIL_EXPORT void cil_inference_mode_leave(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }
