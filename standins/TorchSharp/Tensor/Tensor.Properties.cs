using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // What a tensor is.
    public unsafe partial class Tensor
    {
        public long Dimensions => Native.cil_tensor_dims(Handle);

        public long dim() => Dimensions;

        public long ndim => Dimensions;

        public long NumberOfElements => Native.cil_tensor_numel(Handle);

        public long numel() => NumberOfElements;

        public long ElementSize => Info().ElementSize;

        public long element_size() => ElementSize;

        public ScalarType dtype => (ScalarType)Native.cil_tensor_dtype(Handle);

        public Device device => Device.Unpack(Native.cil_tensor_device(Handle));

        public DeviceType device_type => (DeviceType)(Native.cil_tensor_device(Handle) >> 8);

        public int device_index => (int)(Native.cil_tensor_device(Handle) & 255) - 1;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_cpu() => device_type == DeviceType.CPU;

        /// <summary>The lengths of all dimensions, in a new array.</summary>
        public long[] shape => new ReadOnlySpan<long>(Native.cil_tensor_sizes(Handle), Native.cil_tensor_dims(handle)).ToArray();

        public long[] size() => shape;

        public long size(int dim)
        {
            int dims = Native.cil_tensor_dims(Handle);
            int at = dim < 0 ? dim + dims : dim;
            return at >= 0 && at < dims
                ? Native.cil_tensor_sizes(handle)[at]
                : throw new ArgumentOutOfRangeException(nameof(dim), dim, $"the tensor has {dims} dimensions");
        }

        public long[] stride()
        {
            long[] strides = new long[Native.cil_tensor_dims(Handle)];
            fixed (long* to = strides) _ = Native.Checked(Native.cil_tensor_strides(handle, to));
            return strides;
        }

        public long stride(int dim)
        {
            long[] strides = stride();
            return strides[dim < 0 ? dim + strides.Length : dim];
        }

        public long storage_offset() => Info().StorageOffset;

        public bool is_contiguous() => Native.Checked(Native.cil_tensor_is_contiguous(Handle, 0)) != 0;

        public bool is_floating_point() => torch.is_floating_point(dtype);

        public bool is_integral() => torch.is_integral(dtype);

        public bool is_complex() => torch.is_complex(dtype);

        private NativeTensorInfo Info()
        {
            NativeTensorInfo info;
            _ = Native.Checked(Native.cil_tensor_info(Handle, &info));
            return info;
        }
    }
}
