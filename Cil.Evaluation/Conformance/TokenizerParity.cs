using Cil.Diffusion.Clip;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>OpenCLIP's tokenizer: strings to tokens, also of those that its ftfy changes.</summary>
internal sealed class TokenizerParity : IParityComponent
{
    private const string Output = "tokens";

    public string Name => "OpenCLIP tokenizer (strings, unpadded_ids)";

    public IReadOnlyCollection<string> Inputs { get; } = [Output];

    public bool Recognises(ParityCase parity) => parity.Config.TryGetProperty("strings", out _) && parity.Config.TryGetProperty("unpadded_ids", out _);

    public IEnumerable<ParityValue> Run(ParityCase parity)
    {
        parity.Require(Output);
        string merges = parity.Merges ?? throw new ParityException($"{parity.Folder}: the tokenizer needs its merges: name bpe_simple_vocab_16e6.txt.gz of the open_clip package with --merges");
        BpeTokenizer tokenizer = BpeTokenizer.FromFile(merges);
        string[] strings = parity.Parameters<string[]>("strings");
        Tensor stored = parity[Output];
        for (int row = 0; row < strings.Length; row++)
            yield return new ParityValue($"{Output}[{row}]", tensor(tokenizer.Tokenize(strings[row])), stored[row]);
    }
}
