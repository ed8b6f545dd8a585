using Cil.Diffusion.Clip;
using static TorchSharp.torch;

namespace Cil.Evaluation.Conformance;

/// <summary>OpenCLIP's tokenizer: strings to tokens, also of those that its ftfy changes.</summary>
internal sealed class TokenizerConformance : IConformanceComponent
{
    private const string Output = "tokens";

    public string Name => "OpenCLIP tokenizer (strings, unpadded_ids)";

    public IReadOnlyCollection<string> Inputs { get; } = [Output];

    public bool Recognises(ConformanceCase reference) =>
        reference.Config.TryGetProperty("strings", out _) && reference.Config.TryGetProperty("unpadded_ids", out _);

    public IEnumerable<ConformanceValue> Run(ConformanceCase reference)
    {
        reference.Require(Output);
        string merges = reference.Merges
            ?? throw new ConformanceException(
                $"{reference.Folder}: the tokenizer needs its merges: name "
                    + "bpe_simple_vocab_16e6.txt.gz of the open_clip package with --merges");
        BpeTokenizer tokenizer = BpeTokenizer.FromFile(merges);
        string[] strings = reference.Parameters<string[]>("strings");
        Tensor stored = reference[Output];
        for (int row = 0; row < strings.Length; row++)
            yield return new ConformanceValue($"{Output}[{row}]", tensor(tokenizer.Tokenize(strings[row])), stored[row]);
    }
}
