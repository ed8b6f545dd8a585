using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    public static bool cuda_is_available() => cuda.is_available();

    /// <summary>CUDA devices of this process.</summary>
    public static partial class cuda
    {
        public static bool is_available() => device_count() > 0;

        public static int device_count() => Native.cil_cuda_count();

        public static bool is_cudnn_available() => Native.cil_cudnn_available() != 0;

        public static void manual_seed(long seed) => Native.Checked(Native.cil_manual_seed(seed));

        public static void manual_seed_all(long seed) => Native.Checked(Native.cil_manual_seed(seed));

        /// <summary>Waits until the device has done all that was asked of it.</summary>
        public static void synchronize(Device? device = null) => Native.Checked(Native.cil_cuda_synchronize(device?.index ?? -1));
    }

    /// <summary>Settings of the libraries below libtorch.</summary>
    public static partial class backends
    {
        public static partial class cuda
        {
            public static partial class matmul
            {
                /// <summary>Whether float32 matrix products may round their factors to 10 bits of mantissa.</summary>
                public static bool allow_tf32
                {
                    get => Native.cil_get_tf32(0) != 0;
                    set => Native.cil_set_tf32(0, value ? 1 : 0);
                }
            }
        }

        public static partial class cudnn
        {
            /// <summary>Whether float32 convolutions may round their factors to 10 bits of mantissa.</summary>
            public static bool allow_tf32
            {
                get => Native.cil_get_tf32(1) != 0;
                set => Native.cil_set_tf32(1, value ? 1 : 0);
            }
        }
    }
}
