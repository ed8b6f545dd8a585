using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Products of vectors and matrices.
    public partial class Tensor
    {
        public Tensor matmul(Tensor target) => Aten.Call("matmul", this, target);

        public Tensor mm(Tensor target) => Aten.Call("mm", this, target);

        public Tensor mv(Tensor target) => Aten.Call("mv", this, target);

        public Tensor dot(Tensor target) => Aten.Call("dot", this, target);

        public Tensor bmm(Tensor batch2) => Aten.Call("bmm", this, batch2);

        public Tensor baddbmm(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
            Aten.Call("baddbmm", this, batch1, batch2, (double)beta, (double)alpha);

        public Tensor addmm(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
            Aten.Call("addmm", this, mat1, mat2, (double)beta, (double)alpha);

        public Tensor outer(Tensor vec2) => Aten.Call("outer", this, vec2);
    }
}
