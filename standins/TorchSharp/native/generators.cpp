// Random number generators: the default ones and those that a caller owns.
#include "abi.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <mutex>

namespace {
at::Generator of(c10::GeneratorImpl* handle) {
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(handle));
}
}  // namespace

CIL_EXPORT int32_t cil_manual_seed(int64_t seed) {
    return cil::guarded(-1, [&] {
        at::manual_seed(static_cast<uint64_t>(seed));
        return 0;
    });
}

CIL_EXPORT c10::GeneratorImpl* cil_generator_default() {
    return cil::guarded<c10::GeneratorImpl*>(nullptr, [] {
        at::Generator generator = at::detail::getDefaultCPUGenerator();
        return generator.unsafeReleaseGeneratorImpl();
    });
}

CIL_EXPORT c10::GeneratorImpl* cil_generator_new(int64_t device, int64_t seed) {
    return cil::guarded<c10::GeneratorImpl*>(nullptr, [&] {
        auto on = cil::device_of(device);
        at::Generator generator = on.is_cpu() ? at::detail::createCPUGenerator(static_cast<uint64_t>(seed))
                                              : at::globalContext().defaultGenerator(on).clone();
        generator.set_current_seed(static_cast<uint64_t>(seed));
        return generator.unsafeReleaseGeneratorImpl();
    });
}

CIL_EXPORT void cil_generator_release(c10::GeneratorImpl* handle) {
    cil::guarded(0, [&] {
        c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(handle);
        return 0;
    });
}

CIL_EXPORT int32_t cil_generator_seed(c10::GeneratorImpl* handle, int64_t seed) {
    return cil::guarded(-1, [&] {
        auto generator = of(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_current_seed(static_cast<uint64_t>(seed));
        return 0;
    });
}

CIL_EXPORT int64_t cil_generator_initial_seed(c10::GeneratorImpl* handle) {
    return static_cast<int64_t>(of(handle).current_seed());
}

CIL_EXPORT cil::Impl* cil_generator_get_state(c10::GeneratorImpl* handle) {
    return cil::guarded<cil::Impl*>(nullptr, [&] {
        auto generator = of(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        return cil::hand_over(generator.get_state());
    });
}

CIL_EXPORT int32_t cil_generator_set_state(c10::GeneratorImpl* handle, cil::Impl* state) {
    return cil::guarded(-1, [&] {
        auto generator = of(handle);
        std::lock_guard<std::mutex> lock(generator.mutex());
        generator.set_state(cil::share(state));
        return 0;
    });
}
