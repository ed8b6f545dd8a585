using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A source of random numbers.</summary>
    public class Generator : IDisposable
    {
        public Generator(ulong seed = 0, Device? device = null)
            : this(Native.Checked(Native.cil_generator_new((device ?? CPU).Packed, (long)seed)))
        {
            this.device = device ?? CPU;
        }

        internal Generator(nint handle) => (Handle, device) = (handle, CPU);

        ~Generator() => Dispose(false);

        /// <summary>The generator that functions use when none is handed to them.</summary>
        public static Generator Default => new(Native.Checked(Native.cil_generator_default()));

        public IntPtr Handle { get; private set; }

        public Device device { get; private set; }

        public Generator manual_seed(long seed)
        {
            _ = Native.Checked(Native.cil_generator_seed(Handle, seed));
            return this;
        }

        public long initial_seed() => Native.cil_generator_initial_seed(Handle);

        public Tensor get_state() => new(Native.Checked(Native.cil_generator_get_state(Handle)));

        public void set_state(Tensor value) => Native.Checked(Native.cil_generator_set_state(Handle, value.Handle));

        public void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        protected virtual void Dispose(bool disposing)
        {
            nint held = Handle;
            Handle = 0;
            if (held != 0) Native.cil_generator_release(held);
        }
    }

    /// <summary>Seeds the default generators of all devices.</summary>
    public static Generator manual_seed(long seed)
    {
        _ = Native.Checked(Native.cil_manual_seed(seed));
        return Generator.Default;
    }
}
