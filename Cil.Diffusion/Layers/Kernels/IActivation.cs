using System.Runtime.Intrinsics;

namespace Cil.Diffusion.Layers.Kernels;

/// <summary>How numbers of a tensor are read into float32 and written back, sixteen at a time.</summary>
internal unsafe interface IActivation<TSelf> where TSelf : unmanaged, IActivation<TSelf>
{
    static abstract Vector512<float> Load(TSelf* from);

    static abstract void Store(TSelf* to, Vector512<float> value);
}
