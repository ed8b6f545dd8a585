using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Gradients.
    public unsafe partial class Tensor
    {
        public bool requires_grad
        {
            get => Native.Checked(Native.cil_requires_grad(Handle)) != 0;
            set => Native.Checked(Native.cil_set_requires_grad(Handle, value ? 1 : 0));
        }

        public bool is_leaf => Native.Checked(Native.cil_is_leaf(Handle)) != 0;

        /// <summary>The gradient that backward left here, or null. Each read gives a new managed tensor.</summary>
        public Tensor? grad
        {
            get => Native.Checked(Native.cil_grad(Handle)) is var found && found != 0 ? new Tensor(found) : null;
            set => Native.Checked(Native.cil_set_grad(Handle, value?.Handle ?? 0));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor with_requires_grad(bool requires_grad = true) => requires_grad_(requires_grad);

        public void retain_grad() => Native.Checked(Native.cil_retain_grad(Handle));

        public Tensor detach() => Aten.Call("detach", this);

        public Tensor detach_() => Aten.CallInPlace("detach_", this);

        public void backward() => Backward(null, false, false, []);

        public void backward(
            IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false, IList<Tensor>? inputs = null) =>
            Backward(grad_tensors is { Count: > 0 } ? grad_tensors[0] : null, retain_graph, create_graph, inputs ?? []);

        internal void Backward(Tensor? gradient, bool retainGraph, bool createGraph, IList<Tensor> inputs)
        {
            nint[] handles = [.. inputs.Select(t => t.Handle)];
            fixed (nint* only = handles)
            {
                _ = Native.Checked(Native.cil_backward(
                    Handle, gradient?.Handle ?? 0, retainGraph ? 1 : 0, createGraph ? 1 : 0, only, handles.Length));
            }

            GC.KeepAlive(gradient);
            GC.KeepAlive(inputs);
        }
    }
}
