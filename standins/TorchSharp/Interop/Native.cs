using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace TorchSharp.Interop;

/// <summary>The C interface of libcil_torch.so (native/abi.h).</summary>
internal static unsafe class Native
{
    private const string Lib = "cil_torch";

    static Native()
    {
        // OpenBLAS reads the variable while it loads, and .NET's own setter does not reach libc's environment.
        // Where a shell exports an old kernel name, matrix products on AVX-512 machines run at half their speed.
        if (Avx512F.IsSupported)
        {
            fixed (byte* name = "OPENBLAS_CORETYPE"u8) _ = unsetenv(name);
        }

        // OpenBLAS's own threads wait for the next product by spinning, on the processors that libtorch's loops then need.
        // The shortest wait (2^4 cycles) takes a quarter off a pass that alternates between the two.
        fixed (byte* name = "OPENBLAS_THREAD_TIMEOUT"u8, value = "4"u8) _ = setenv(name, value, 0);

        cil_use_caching_allocator();
        // libtorch starts with one thread when it is not started from Python.
        int threads = int.TryParse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS"), out int asked) && asked > 0
            ? asked
            : Environment.ProcessorCount;
        _ = cil_set_threads(threads);
    }

    [DllImport("libc", ExactSpelling = true)] private static extern int setenv(byte* name, byte* value, int overwrite);
    [DllImport("libc", ExactSpelling = true)] private static extern int unsetenv(byte* name);

    [DllImport(Lib, ExactSpelling = true)] internal static extern nint cil_operator(byte* name, byte* overload);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity);
    [DllImport(Lib, ExactSpelling = true)] internal static extern byte* cil_last_error();
    [DllImport(Lib, ExactSpelling = true)] internal static extern byte* cil_torch_version();

    [DllImport(Lib, ExactSpelling = true)] internal static extern void cil_tensor_release(nint tensor);
    [DllImport(Lib, ExactSpelling = true)] internal static extern nint cil_tensor_alias(nint tensor);
    [DllImport(Lib, ExactSpelling = true), SuppressGCTransition] internal static extern int cil_tensor_dims(nint tensor);
    [DllImport(Lib, ExactSpelling = true), SuppressGCTransition] internal static extern long* cil_tensor_sizes(nint tensor);
    [DllImport(Lib, ExactSpelling = true), SuppressGCTransition] internal static extern long cil_tensor_numel(nint tensor);
    [DllImport(Lib, ExactSpelling = true), SuppressGCTransition] internal static extern int cil_tensor_dtype(nint tensor);
    [DllImport(Lib, ExactSpelling = true), SuppressGCTransition] internal static extern long cil_tensor_device(nint tensor);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_tensor_info(nint tensor, NativeTensorInfo* info);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_tensor_strides(nint tensor, long* strides);
    [DllImport(Lib, ExactSpelling = true)] internal static extern void* cil_tensor_data(nint tensor);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_tensor_is_contiguous(nint tensor, int memoryFormat);

    [DllImport(Lib, ExactSpelling = true)] internal static extern nint cil_attention(nint query, nint key, nint value, double scale);

    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_requires_grad(nint tensor);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_set_requires_grad(nint tensor, int value);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_is_leaf(nint tensor);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_retain_grad(nint tensor);
    [DllImport(Lib, ExactSpelling = true)] internal static extern nint cil_grad(nint tensor);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_set_grad(nint tensor, nint grad);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_backward(nint tensor, nint gradient, int retainGraph, int createGraph, nint* inputs, int count);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_grad_mode();
    [DllImport(Lib, ExactSpelling = true)] internal static extern void cil_set_grad_mode(int enabled);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_inference_mode();
    [DllImport(Lib, ExactSpelling = true)] internal static extern nint cil_inference_mode_enter(int enabled);
    [DllImport(Lib, ExactSpelling = true)] internal static extern void cil_inference_mode_leave(nint guard);

    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_manual_seed(long seed);
    [DllImport(Lib, ExactSpelling = true)] internal static extern nint cil_generator_default();
    [DllImport(Lib, ExactSpelling = true)] internal static extern nint cil_generator_new(long device, long seed);
    [DllImport(Lib, ExactSpelling = true)] internal static extern void cil_generator_release(nint generator);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_generator_seed(nint generator, long seed);
    [DllImport(Lib, ExactSpelling = true)] internal static extern long cil_generator_initial_seed(nint generator);
    [DllImport(Lib, ExactSpelling = true)] internal static extern nint cil_generator_get_state(nint generator);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_generator_set_state(nint generator, nint state);

    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_get_threads();
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_set_threads(int count);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_get_interop_threads();
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_set_interop_threads(int count);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_cuda_count();
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_cudnn_available();
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_cuda_synchronize(int ordinal);
    [DllImport(Lib, ExactSpelling = true)] internal static extern int cil_get_tf32(int convolutions);
    [DllImport(Lib, ExactSpelling = true)] internal static extern void cil_set_tf32(int convolutions, int allow);

    [DllImport(Lib, ExactSpelling = true)] internal static extern void cil_use_caching_allocator();

    /// <summary>Throws what libtorch said, if it said something.</summary>
    /// <exception cref="ExternalException">the thread's last native call failed</exception>
    internal static void ThrowIfError()
    {
        byte* message = cil_last_error();
        if (message != null) throw new ExternalException(Marshal.PtrToStringUTF8((nint)message));
    }

    /// <summary>The result of a call that gives a negative number when it fails.</summary>
    internal static int Checked(int result)
    {
        if (result < 0) ThrowIfError();
        return result;
    }

    /// <summary>The result of a call that gives null when it fails.</summary>
    internal static nint Checked(nint result)
    {
        if (result == 0) ThrowIfError();
        return result;
    }
}
