// Tensor handles: what a tensor is, where its numbers lie.
#include "abi.h"

struct CilTensorInfo {
    int64_t numel;
    int64_t storage_offset;
    int64_t device;  // as CIL_DEVICE
    int32_t dtype;
    int32_t element_size;
    int32_t layout;
    int32_t dims;
};

CIL_EXPORT void cil_tensor_release(cil::Impl* handle) {
    cil::guarded(0, [&] {
        c10::intrusive_ptr<cil::Impl, at::UndefinedTensorImpl>::reclaim(handle);
        return 0;
    });
}

CIL_EXPORT cil::Impl* cil_tensor_alias(cil::Impl* handle) {
    return cil::hand_over(cil::share(handle));
}

CIL_EXPORT int32_t cil_tensor_dims(cil::Impl* handle) { return static_cast<int32_t>(handle->dim()); }

CIL_EXPORT const int64_t* cil_tensor_sizes(cil::Impl* handle) { return handle->sizes().data(); }

CIL_EXPORT int64_t cil_tensor_numel(cil::Impl* handle) { return handle->numel(); }

CIL_EXPORT int32_t cil_tensor_dtype(cil::Impl* handle) {
    return static_cast<int32_t>(c10::typeMetaToScalarType(handle->dtype()));
}

CIL_EXPORT int64_t cil_tensor_device(cil::Impl* handle) {
    auto device = handle->device();
    return static_cast<int64_t>(device.type()) << 8 | (device.index() + 1);
}

CIL_EXPORT int32_t cil_tensor_info(cil::Impl* handle, CilTensorInfo* info) {
    return cil::guarded(-1, [&] {
        info->numel = handle->numel();
        info->storage_offset = handle->storage_offset();
        info->device = cil_tensor_device(handle);
        info->dtype = cil_tensor_dtype(handle);
        info->element_size = static_cast<int32_t>(handle->itemsize());
        info->layout = static_cast<int32_t>(handle->layout());
        info->dims = static_cast<int32_t>(handle->dim());
        return 0;
    });
}

CIL_EXPORT int32_t cil_tensor_strides(cil::Impl* handle, int64_t* strides) {
    return cil::guarded(-1, [&] {
        auto from = handle->strides();
        std::copy(from.begin(), from.end(), strides);
        return 0;
    });
}

CIL_EXPORT void* cil_tensor_data(cil::Impl* handle) {
    return cil::guarded<void*>(nullptr, [&] { return cil::share(handle).data_ptr(); });
}

CIL_EXPORT int32_t cil_tensor_is_contiguous(cil::Impl* handle, int32_t memory_format) {
    return cil::guarded(-1, [&] {
        return handle->is_contiguous(static_cast<c10::MemoryFormat>(memory_format)) ? 1 : 0;
    });
}
