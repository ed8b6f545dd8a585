// Operators by name: lookup in the dispatcher and boxed calls.
#include "abi.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <memory>
#include <string>
#include <vector>

namespace {

// What an argument's declared type needs beyond what its tag says.
enum class Wants : uint8_t { AsIs, Double, IntList, DoubleList, OptionalTensorList };

struct Operator {
    c10::OperatorHandle handle;
    std::vector<Wants> wants;
};

bool is_int(const c10::TypePtr& t) {
    return t->kind() == c10::TypeKind::IntType || t->str() == "SymInt";
}

Wants wants_of(c10::TypePtr type) {
    if (auto optional = type->cast<c10::OptionalType>()) type = optional->getElementType();
    if (type->kind() == c10::TypeKind::FloatType) return Wants::Double;
    if (auto list = type->cast<c10::ListType>()) {
        auto element = list->getElementType();
        if (is_int(element)) return Wants::IntList;
        if (element->kind() == c10::TypeKind::FloatType) return Wants::DoubleList;
        if (element->kind() == c10::TypeKind::OptionalType) return Wants::OptionalTensorList;
    }
    return Wants::AsIs;
}

template <class Element>
c10::IValue tensor_list(const CilValue& v) {
    c10::List<Element> list;
    list.reserve(v.count);
    auto handles = static_cast<cil::Impl**>(v.p);
    for (int32_t i = 0; i < v.count; i++) {
        if constexpr (std::is_same_v<Element, at::Tensor>) {
            list.push_back(cil::share(handles[i]));
        } else {
            list.push_back(handles[i] ? Element(cil::share(handles[i])) : Element());
        }
    }
    return list;
}

c10::IValue to_ivalue(const CilValue& v, Wants wants) {
    switch (v.tag) {
        case CIL_NONE: return {};
        case CIL_TENSOR: return cil::share(static_cast<cil::Impl*>(v.p));
        case CIL_INT:
            if (wants == Wants::Double) return static_cast<double>(v.i);
            if (wants == Wants::IntList) return c10::List<int64_t>({v.i});
            return v.i;
        case CIL_DOUBLE:
            if (wants == Wants::DoubleList) return c10::List<double>({v.d});
            return v.d;
        case CIL_BOOL: return v.i != 0;
        case CIL_INT_LIST: return c10::IntArrayRef(static_cast<int64_t*>(v.p), v.count);
        case CIL_DOUBLE_LIST: return c10::ArrayRef<double>(static_cast<double*>(v.p), v.count);
        case CIL_TENSOR_LIST:
            return wants == Wants::OptionalTensorList ? tensor_list<cil::Optional<at::Tensor>>(v) : tensor_list<at::Tensor>(v);
        case CIL_STRING: return std::string(static_cast<char*>(v.p), v.count);
        case CIL_DEVICE: return cil::device_of(v.i);
        case CIL_GENERATOR:
            return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(v.p)));
        default: throw std::invalid_argument("unknown argument tag " + std::to_string(v.tag));
    }
}

// Results that are lists live here until the thread's next call.
thread_local std::vector<cil::Impl*> list_results;
thread_local c10::Stack stack;

CilValue to_value(c10::IValue&& iv) {
    CilValue v{CIL_NONE, 0, {0}};
    if (iv.isTensor()) {
        v.tag = CIL_TENSOR;
        v.p = cil::hand_over(std::move(iv).toTensor());
    } else if (iv.isInt()) {
        v.tag = CIL_INT;
        v.i = iv.toInt();
    } else if (iv.isDouble()) {
        v.tag = CIL_DOUBLE;
        v.d = iv.toDouble();
    } else if (iv.isBool()) {
        v.tag = CIL_BOOL;
        v.i = iv.toBool();
    } else if (iv.isTensorList()) {
        list_results.clear();
        for (auto& t : iv.toTensorVector()) list_results.push_back(cil::hand_over(std::move(t)));
        v.tag = CIL_TENSOR_LIST;
        v.count = static_cast<int32_t>(list_results.size());
        v.p = list_results.data();
    }
    return v;
}

}  // namespace

// The operator "name" (aten::add) in the overload "overload" (Tensor, or empty); null where this libtorch has none.
CIL_EXPORT void* cil_operator(const char* name, const char* overload) {
    return cil::guarded<void*>(nullptr, [&]() -> void* {
        auto found = c10::Dispatcher::singleton().findSchema({name, overload});
        if (!found) return nullptr;
        auto op = std::make_unique<Operator>(Operator{*found, {}});
        for (auto& argument : found->schema().arguments()) op->wants.push_back(wants_of(argument.type()));
        return op.release();
    });
}

// Calls an operator; arguments left off take the schema's defaults. Returns the number of results, or -1.
CIL_EXPORT int32_t cil_call(void* opaque, const CilValue* arguments, int32_t count, CilValue* results, int32_t capacity) {
    auto& op = *static_cast<Operator*>(opaque);
    int32_t produced = cil::guarded<int32_t>(-1, [&] {
        auto& declared = op.handle.schema().arguments();
        if (static_cast<size_t>(count) > declared.size()) {
            throw std::invalid_argument(c10::str("too many arguments: ", op.handle.schema()));
        }
        stack.clear();
        stack.reserve(declared.size());
        for (int32_t i = 0; i < count; i++) stack.push_back(to_ivalue(arguments[i], op.wants[i]));
        for (size_t i = count; i < declared.size(); i++) {
            if (!declared[i].default_value()) {
                throw std::invalid_argument(c10::str("argument '", declared[i].name(), "' is missing: ", op.handle.schema()));
            }
            stack.push_back(*declared[i].default_value());
        }
        op.handle.callBoxed(&stack);
        if (stack.size() > static_cast<size_t>(capacity)) throw std::length_error("more results than expected");
        for (size_t i = 0; i < stack.size(); i++) results[i] = to_value(std::move(stack[i]));
        return static_cast<int32_t>(stack.size());
    });
    stack.clear();
    return produced;
}
