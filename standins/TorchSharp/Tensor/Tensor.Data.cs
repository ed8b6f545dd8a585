using TorchSharp.Interop;
using TorchSharp.Utils;

namespace TorchSharp;

public static partial class torch
{
    // A tensor's numbers, seen from .NET.
    public unsafe partial class Tensor
    {
        /// <summary>The tensor's numbers; a tensor of another device is copied first.</summary>
        /// <exception cref="ArgumentException"><typeparamref name="T"/> is not the tensor's type</exception>
        public TensorAccessor<T> data<T>()
            where T : unmanaged
        {
            ValidateType(typeof(T));
            return new TensorAccessor<T>(is_cpu() ? this : cpu());
        }

        /// <summary>The number of a tensor that has one.</summary>
        /// <exception cref="ArgumentException">there is not one element, or it is of another type</exception>
        public T item<T>()
            where T : unmanaged
        {
            if (NumberOfElements != 1) throw new ArgumentException("Number of elements in the tensor must be 1");
            ValidateType(typeof(T));
            if (is_cpu()) return *(T*)DataPointer;
            using Tensor here = cpu();
            return *(T*)here.DataPointer;
        }

        /// <summary>The bytes of a contiguous CPU tensor, in place.</summary>
        /// <exception cref="InvalidOperationException">the tensor is not contiguous, or not in CPU memory</exception>
        /// <exception cref="ArgumentException">there are more bytes than a span can hold, or another number of them is set</exception>
        public Span<byte> bytes
        {
            get
            {
                long count = NumberOfElements * ElementSize;
                if (!is_contiguous()) throw new InvalidOperationException("Bytes() called on non-contiguous tensor.");
                if (count > int.MaxValue) throw new ArgumentException("Span only supports up to int.MaxValue elements.");
                if (!is_cpu())
                {
                    throw new InvalidOperationException(
                        "Reading data from non-CPU memory is not supported. Move or copy the tensor to the cpu before reading.");
                }

                return new Span<byte>(DataPointer, (int)count);
            }

            set
            {
                if (NumberOfElements * ElementSize != value.Length) throw new ArgumentException("Mismatched data sizes in SetBytes().");
                value.CopyTo(bytes);
            }
        }

        /// <summary>Copies the bytes of a contiguous CPU tensor to a stream; there may be more than 2 GB.</summary>
        public void WriteBytesToStream(Stream stream, int bufferSize = 1024)
        {
            long left = RawByteCount();
            for (byte* at = (byte*)DataPointer; left > 0;)
            {
                int now = (int)Math.Min(left, bufferSize);
                stream.Write(new ReadOnlySpan<byte>(at, now));
                at += now;
                left -= now;
            }
        }

        /// <summary>Fills a contiguous CPU tensor from a stream; there may be more than 2 GB.</summary>
        /// <exception cref="EndOfStreamException">the stream ended before the tensor was full</exception>
        public void ReadBytesFromStream(Stream stream, int bufferSize = 1024)
        {
            long left = RawByteCount();
            for (byte* at = (byte*)DataPointer; left > 0;)
            {
                int read = stream.Read(new Span<byte>(at, (int)Math.Min(left, bufferSize)));
                if (read == 0) throw new EndOfStreamException();
                at += read;
                left -= read;
            }
        }

        internal void* DataPointer
        {
            get
            {
                void* data = Native.cil_tensor_data(Handle);
                if (data == null) Native.ThrowIfError();
                return data;
            }
        }

        private long RawByteCount()
        {
            if (!is_contiguous() || !is_cpu()) throw new InvalidOperationException("Only a contiguous tensor in CPU memory has bytes to copy.");
            return NumberOfElements * ElementSize;
        }

        internal void ValidateType(Type dotnetType)
        {
            if (ToScalarType(dotnetType) != dtype) throw new ArgumentException($"{dotnetType.Name} is not compatible with {dtype}");
        }
    }
}
