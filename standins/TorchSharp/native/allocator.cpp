// CPU memory for tensors: freed blocks are kept and used again.
//
// A network asks for the same sizes at every step. Returning tens of megabytes to the system after each operator and
// faulting them in again, page by page, costs more than many of the operators do.
#include "abi.h"

#include <algorithm>
#include <array>
#include <c10/core/Allocator.h>
#include <c10/core/CPUAllocator.h>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <vector>

namespace {

constexpr size_t kHeader = 64;                  // bytes before the numbers; keeps them aligned for AVX-512
constexpr int kStepsPerOctave = 8;              // block sizes a factor 2^(1/8) apart or less: at most 1/8 is unused
constexpr int kClasses = 48 * kStepsPerOctave;
constexpr int kClassesUp = 2;                   // a request may take a free block up to two classes larger

struct Header {
    size_t bytes;  // of the whole block
    int32_t size_class;
};

struct SizeClass {
    int32_t index;
    size_t bytes;
};

SizeClass size_class(size_t bytes) {
    if (bytes < 512) bytes = 512;
    int octave = 63 - __builtin_clzll(bytes);
    size_t step = (size_t(1) << octave) / kStepsPerOctave;
    size_t steps = (bytes - (size_t(1) << octave) + step - 1) / step;
    size_t rounded = (size_t(1) << octave) + steps * step;
    return {static_cast<int32_t>((octave - 9) * kStepsPerOctave + steps), rounded};
}

class CachingAllocator final : public c10::Allocator {
public:
    // libtorch changed the first two of these between versions (const or not; copy_data exists or not): whichever
    // is declared there is overridden, so none says "override".
    c10::DataPtr allocate(size_t n) const { return const_cast<CachingAllocator*>(this)->take(n); }
    c10::DataPtr allocate(size_t n) { return take(n); }
    void copy_data(void* to, const void* from, size_t n) const { std::memcpy(to, from, n); }
    c10::DeleterFnPtr raw_deleter() const override { return &give_back; }

    void empty_cache() {
        std::lock_guard<std::mutex> lock(mutex_);
        release_cached();
    }

    void statistics(int64_t* values) {
        std::lock_guard<std::mutex> lock(mutex_);
        values[0] = static_cast<int64_t>(live_);
        values[1] = static_cast<int64_t>(peak_live_);
        values[2] = static_cast<int64_t>(reserved_);
        values[3] = static_cast<int64_t>(peak_reserved_);
        values[4] = static_cast<int64_t>(allocations_);
        values[5] = static_cast<int64_t>(system_allocations_);
    }

    void reset_peaks() {
        std::lock_guard<std::mutex> lock(mutex_);
        peak_live_ = live_;
        peak_reserved_ = reserved_;
    }

private:
    std::mutex mutex_;
    std::array<std::vector<Header*>, kClasses> free_;
    size_t live_ = 0, peak_live_ = 0, reserved_ = 0, peak_reserved_ = 0, allocations_ = 0, system_allocations_ = 0;
    // The most that was ever live. What lies unused within it costs no memory that was not needed once.
    size_t highest_live_ = 0;
    static constexpr size_t kSlack = size_t{64} << 20;

    c10::DataPtr take(size_t n) {
        c10::Device cpu(c10::DeviceType::CPU);
        if (n == 0) return {nullptr, nullptr, &give_back, cpu};
        auto wanted = size_class(n + kHeader);
        std::lock_guard<std::mutex> lock(mutex_);
        Header* block = nullptr;
        for (int32_t c = wanted.index; c <= wanted.index + kClassesUp && block == nullptr; c++) {
            if (free_[c].empty()) continue;
            block = free_[c].back();
            free_[c].pop_back();
        }
        if (block == nullptr) block = from_system(wanted);
        live_ += block->bytes;
        allocations_++;
        if (live_ > peak_live_) peak_live_ = live_;
        if (live_ > highest_live_) highest_live_ = live_;
        void* data = reinterpret_cast<char*>(block) + kHeader;
        return {data, data, &give_back, cpu};
    }

    Header* from_system(SizeClass wanted) {
        // A quarter above the highest need may lie unused, so that sizes that alternate find their blocks again.
        const size_t needed = std::max(highest_live_, live_ + wanted.bytes);
        trim(needed + needed / 4 + kSlack, wanted.bytes);
        void* memory = system_allocate(wanted.bytes);
        if (memory == nullptr) {
            release_cached();
            memory = system_allocate(wanted.bytes);
        }
        TORCH_CHECK(memory != nullptr, "not enough memory: ", wanted.bytes, " bytes asked for, ", live_, " in use");
        auto block = static_cast<Header*>(memory);
        block->bytes = wanted.bytes;
        block->size_class = wanted.index;
        reserved_ += wanted.bytes;
        system_allocations_++;
        if (reserved_ > peak_reserved_) peak_reserved_ = reserved_;
        return block;
    }

    static void* system_allocate(size_t bytes) {
        void* memory = nullptr;
        return posix_memalign(&memory, kHeader, bytes) == 0 ? memory : nullptr;
    }

    // Gives unused blocks back, the largest first, until so many more bytes fit.
    void trim(size_t limit, size_t more) {
        for (auto blocks = free_.rbegin(); blocks != free_.rend(); ++blocks) {
            while (!blocks->empty()) {
                if (reserved_ + more <= limit) return;
                reserved_ -= blocks->back()->bytes;
                std::free(blocks->back());
                blocks->pop_back();
            }
        }
    }

    void release_cached() { trim(0, 0); }

    static void give_back(void* data);
};

// Never destroyed: tensors may outlive every static object.
CachingAllocator& allocator() {
    static auto instance = new CachingAllocator();
    return *instance;
}

void CachingAllocator::give_back(void* data) {
    if (data == nullptr) return;
    auto& self = allocator();
    auto block = reinterpret_cast<Header*>(static_cast<char*>(data) - kHeader);
    std::lock_guard<std::mutex> lock(self.mutex_);
    self.live_ -= block->bytes;
    self.free_[block->size_class].push_back(block);
}

}  // namespace

CIL_EXPORT void cil_use_caching_allocator() { c10::SetCPUAllocator(&allocator(), 1); }

// Live, peak live, reserved, peak reserved (bytes); allocations, allocations that went to the system (counts).
CIL_EXPORT void cil_memory_statistics(int64_t* six) { allocator().statistics(six); }

CIL_EXPORT void cil_memory_reset_peaks() { allocator().reset_peaks(); }

CIL_EXPORT void cil_memory_empty_cache() { allocator().empty_cache(); }
