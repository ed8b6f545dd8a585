using TorchSharp.Interop;

namespace TorchSharp;

public static partial class torch
{
    // Numbers drawn at random, in place.
    public partial class Tensor
    {
        public Tensor normal_(double mean = 0.0, double std = 1.0, Generator? generator = null) => Aten.CallInPlace("normal_", this, mean, std, generator);

        public Tensor uniform_(double from, double to, Generator? generator = null) => Aten.CallInPlace("uniform_", this, from, to, generator);

        public Tensor bernoulli_(double p = 0.5, Generator? generator = null) => Aten.CallInPlace("bernoulli_.float", this, p, generator);

        public Tensor multinomial(long num_samples, bool replacement = false, Generator? generator = null) =>
            Aten.Call("multinomial", this, num_samples, replacement, generator);
    }
}
