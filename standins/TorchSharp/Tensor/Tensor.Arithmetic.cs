using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Arithmetic with tensors and numbers.
    public partial class Tensor
    {
        public Tensor add(Tensor target) => Aten.Call("add.Tensor", this, target);

        public Tensor add(Scalar scalar) => Aten.Call("add.Scalar", this, scalar);

        public Tensor add_(Tensor target) => Aten.CallInPlace("add_.Tensor", this, target);

        public Tensor add_(Scalar scalar) => Aten.CallInPlace("add_.Scalar", this, scalar);

        public Tensor add(Tensor target, Scalar alpha) => Aten.Call("add.Tensor", this, target, alpha);

        public Tensor add(Scalar scalar, Scalar alpha) => Aten.Call("add.Scalar", this, scalar, alpha);

        public Tensor add_(Tensor target, Scalar alpha) => Aten.CallInPlace("add_.Tensor", this, target, alpha);

        public Tensor add_(Scalar scalar, Scalar alpha) => Aten.CallInPlace("add_.Scalar", this, scalar, alpha);

        public Tensor sub(Tensor target) => Aten.Call("sub.Tensor", this, target);

        public Tensor sub(Scalar target) => Aten.Call("sub.Scalar", this, target);

        public Tensor sub_(Tensor target) => Aten.CallInPlace("sub_.Tensor", this, target);

        public Tensor sub_(Scalar target) => Aten.CallInPlace("sub_.Scalar", this, target);

        public Tensor subtract(Tensor target) => sub(target);

        public Tensor subtract(Scalar target) => sub(target);

        public Tensor mul(Tensor target) => Aten.Call("mul.Tensor", this, target);

        public Tensor mul_(Tensor target) => Aten.CallInPlace("mul_.Tensor", this, target);

        public Tensor mul(Scalar target) => Aten.Call("mul.Scalar", this, target);

        public Tensor mul_(Scalar target) => Aten.CallInPlace("mul_.Scalar", this, target);

        public Tensor div(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? Aten.Call("div.Tensor", this, target)
                : Aten.Call("div.Tensor_mode", this, target, Name(rounding_mode));

        public Tensor div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? Aten.CallInPlace("div_.Tensor", this, target)
                : Aten.CallInPlace("div_.Tensor_mode", this, target, Name(rounding_mode));

        public Tensor div(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? Aten.Call("div.Scalar", this, target)
                : Aten.Call("div.Scalar_mode", this, target, Name(rounding_mode));

        public Tensor div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
            rounding_mode == RoundingMode.None
                ? Aten.CallInPlace("div_.Scalar", this, target)
                : Aten.CallInPlace("div_.Scalar_mode", this, target, Name(rounding_mode));

        public Tensor remainder(Tensor target) => Aten.Call("remainder.Tensor", this, target);

        public Tensor fmod(Tensor target) => Aten.Call("fmod.Tensor", this, target);

        public Tensor remainder(Scalar scalar) => Aten.Call("remainder.Scalar", this, scalar);

        public Tensor fmod(Scalar scalar) => Aten.Call("fmod.Scalar", this, scalar);

        public Tensor floor_divide(Tensor other) => Aten.Call("floor_divide", this, other);

        public Tensor pow(Tensor exponent) => Aten.Call("pow.Tensor_Tensor", this, exponent);

        public Tensor pow(Scalar exponent) => Aten.Call("pow.Tensor_Scalar", this, exponent);

        public Tensor pow_(Scalar exponent) => Aten.CallInPlace("pow_.Scalar", this, exponent);

        public Tensor square() => pow(2);

        public Tensor negative() => neg();

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.Call("addcmul", this, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.CallInPlace("addcmul_", this, tensor1, tensor2, value);

        public Tensor addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.Call("addcdiv", this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => Aten.CallInPlace("addcdiv_", this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2) => Aten.CallInPlace("addcdiv_", this, tensor1, tensor2);

        public Tensor lerp(Tensor end, Tensor weight) => Aten.Call("lerp.Tensor", this, end, weight);

        public Tensor lerp_(Tensor end, Tensor weight) => Aten.CallInPlace("lerp_.Tensor", this, end, weight);

        private static string Name(RoundingMode mode) => mode == RoundingMode.floor ? "floor" : "trunc";
    }
}
