using System.Runtime.InteropServices;
using TorchSharp;

namespace Cil.Diffusion.Devices;

/// <summary>
/// What libtorch can do and TorchSharp's public API does not offer. Present where the project's own native library is the
/// one that carries libtorch; with the TorchSharp package every question here is answered by "not known".
/// </summary>
internal static unsafe partial class NativeLibtorch
{
    private const string Library = "cil_torch";

    internal static bool IsPresent { get; } = Find();

    private static bool Find()
    {
        // TorchSharp prepares the process's environment before it loads its library: it must come first.
        _ = torch.get_num_threads();
        return NativeLibrary.TryLoad(Library, typeof(NativeLibtorch).Assembly, null, out _);
    }

    [LibraryImport(Library)] internal static partial void cil_memory_statistics(long* six);

    [LibraryImport(Library)] internal static partial void cil_memory_reset_peaks();

    [LibraryImport(Library)] internal static partial void cil_memory_empty_cache();

    [LibraryImport(Library)] internal static partial int cil_cuda_memory(int ordinal, long* totalAndFree);

    [LibraryImport(Library)] internal static partial int cil_cuda_memory_statistics(int ordinal, long* six);

    [LibraryImport(Library)] internal static partial void cil_cuda_memory_reset_peaks(int ordinal);

    [LibraryImport(Library)] internal static partial void cil_cuda_memory_empty_cache();

    [LibraryImport(Library)] internal static partial int cil_cuda_capability(int ordinal);

    [LibraryImport(Library)] internal static partial nint cil_to_memory_format(nint tensor, int format);

    [LibraryImport(Library)] internal static partial nint cil_gated_gelu(nint projected);

    [LibraryImport(Library)] internal static partial nint cil_norm(nint input, long groups, nint weight, nint bias, double eps, int silu);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] internal static partial nint cil_operator(string name, string overload);

    [LibraryImport(Library)] internal static partial int cil_has_mkldnn();

    [LibraryImport(Library)] internal static partial nint cil_last_error();
}
