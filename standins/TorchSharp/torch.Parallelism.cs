using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>How many threads one operator may use.</summary>
    public static int get_num_threads() => Native.cil_get_threads();

    /// <inheritdoc cref="get_num_threads"/>
    public static void set_num_threads(int num) => Native.Checked(Native.cil_set_threads(num));

    public static int get_num_interop_threads() => Native.cil_get_interop_threads();

    public static void set_num_interop_threads(int num) => Native.Checked(Native.cil_set_interop_threads(num));
}
