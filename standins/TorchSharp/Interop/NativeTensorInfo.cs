using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>What a tensor is, read in one call.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeTensorInfo
{
    internal long Count;
    internal long StorageOffset;
    internal long Device;
    internal int ScalarType;
    internal int ElementSize;
    internal int Layout;
    internal int Dimensions;
}
