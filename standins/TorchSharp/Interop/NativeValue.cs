using System.Runtime.InteropServices;

namespace TorchSharp.Interop;

/// <summary>What a value that crosses to the native library is; the numbers are those of native/abi.h.</summary>
internal enum ValueTag
{
    None = 0,
    Tensor = 1,
    Int = 2,
    Double = 3,
    Bool = 4,
    IntList = 5,
    DoubleList = 6,
    TensorList = 7,
    String = 8,
    Device = 9,
    Generator = 10,
}

/// <summary>One argument or one result of an operator, as the native library sees it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct NativeValue
{
    [FieldOffset(0)] internal ValueTag Tag;
    [FieldOffset(4)] internal int Count;
    [FieldOffset(8)] internal long Integer;
    [FieldOffset(8)] internal double Real;
    [FieldOffset(8)] internal nint Pointer;
}
