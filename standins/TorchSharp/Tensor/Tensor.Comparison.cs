using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Comparison, logic and choice.
    public partial class Tensor
    {
        public Tensor eq(Tensor target) => Aten.Call("eq.Tensor", this, target);

        public Tensor eq(Scalar target) => Aten.Call("eq.Scalar", this, target);

        public Tensor ne(Tensor target) => Aten.Call("ne.Tensor", this, target);

        public Tensor ne(Scalar target) => Aten.Call("ne.Scalar", this, target);

        public Tensor lt(Tensor target) => Aten.Call("lt.Tensor", this, target);

        public Tensor lt(Scalar target) => Aten.Call("lt.Scalar", this, target);

        public Tensor le(Tensor target) => Aten.Call("le.Tensor", this, target);

        public Tensor le(Scalar target) => Aten.Call("le.Scalar", this, target);

        public Tensor gt(Tensor target) => Aten.Call("gt.Tensor", this, target);

        public Tensor gt(Scalar target) => Aten.Call("gt.Scalar", this, target);

        public Tensor ge(Tensor target) => Aten.Call("ge.Tensor", this, target);

        public Tensor ge(Scalar target) => Aten.Call("ge.Scalar", this, target);

        public Tensor isnan() => Aten.Call("isnan", this);

        public Tensor isinf() => Aten.Call("isinf", this);

        public Tensor isfinite() => Aten.Call("isfinite", this);

        public Tensor logical_not() => Aten.Call("logical_not", this);

        public Tensor logical_and(Tensor other) => Aten.Call("logical_and", this, other);

        public Tensor logical_or(Tensor other) => Aten.Call("logical_or", this, other);

        public Tensor bitwise_and(Tensor other) => Aten.Call("bitwise_and.Tensor", this, other);

        public Tensor bitwise_or(Tensor other) => Aten.Call("bitwise_or.Tensor", this, other);

        public Tensor bitwise_xor(Tensor other) => Aten.Call("bitwise_xor.Tensor", this, other);

        public Tensor bitwise_not() => Aten.Call("bitwise_not", this);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            Aten.CallBool("allclose", this, target, rtol, atol, equal_nan);

        public Tensor isclose(Tensor other, double rtol = 1e-05, double atol = 1e-08, bool nanEqual = false) =>
            Aten.Call("isclose", this, other, rtol, atol, nanEqual);

        public Tensor maximum(Tensor other) => Aten.Call("maximum", this, other);

        public Tensor minimum(Tensor other) => Aten.Call("minimum", this, other);

        public Tensor masked_fill(Tensor mask, Scalar value) => Aten.Call("masked_fill.Scalar", this, mask, value);

        public Tensor masked_fill_(Tensor mask, Scalar value) => Aten.CallInPlace("masked_fill_.Scalar", this, mask, value);

        public Tensor masked_select(Tensor mask) => Aten.Call("masked_select", this, mask);

        public Tensor where(Tensor condition, Tensor y) => Aten.Call("where.self", condition, this, y);
    }
}
