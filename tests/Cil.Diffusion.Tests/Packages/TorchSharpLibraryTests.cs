using System.Text;
using Cil.Build;

namespace Cil.Diffusion.Tests.Packages;

public sealed class TorchSharpLibraryTests
{
    [Fact]
    public void Weaken_OfTheLibraryThatTestsRunWith_FindsItDone()
    {
        byte[] library = Library();
        byte[] before = [.. library];

        Assert.False(TorchSharpLibrary.Weaken(library));
        Assert.Equal(before, library);
    }

    [Fact]
    public void Weaken_OfTheLibraryAsItIsPublished_SetsOneFlag()
    {
        byte[] library = Library();
        byte[] ready = [.. library];
        int flag = FlagOf(library);
        library[flag] = 0;

        Assert.True(TorchSharpLibrary.Weaken(library));
        Assert.Equal(ready, library);
    }

    [Fact]
    public void Weaken_WhereAnotherSymbolNeedsTheVersion_NamesIt()
    {
        byte[] library = Library();
        library[FlagOf(library)] = 0;
        // As if the symbol were another function: the name in the table of strings is overwritten.
        byte[] name = Encoding.ASCII.GetBytes(TorchSharpLibrary.Symbol);
        library[library.AsSpan().IndexOf(name)] = (byte)'X';

        string message = Assert.Throws<InvalidDataException>(() => TorchSharpLibrary.Weaken(library)).Message;

        Assert.Contains("XZSt21ios_base_library_initv", message, StringComparison.Ordinal);
        Assert.Contains(TorchSharpLibrary.Version, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weaken_OfALibraryThatDoesNotAskForTheVersion_ChangesNothing()
    {
        byte[] library = Library();
        // Another version's name in the table of strings: nothing is left that asks for this one.
        library[library.AsSpan().IndexOf(Encoding.ASCII.GetBytes(TorchSharpLibrary.Version)) + TorchSharpLibrary.Version.Length - 1] =
            (byte)'0';

        Assert.False(TorchSharpLibrary.Weaken(library));
    }

    [Theory]
    [InlineData("")]
    [InlineData("MZ, a library of another system, long enough to have a header of sixty-four bytes")]
    public void Weaken_OfAnotherKindOfFile_SaysSo(string content) => Assert.Contains(
        "ELF", Assert.Throws<InvalidDataException>(() => TorchSharpLibrary.Weaken(Encoding.ASCII.GetBytes(content))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Weaken_OfALibraryThatIsCutShort_SaysSo() => Assert.Contains(
        "cut short", Assert.Throws<InvalidDataException>(() => TorchSharpLibrary.Weaken(Library()[..^4096])).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Outputs_ShareLibtorch()
    {
        FileInfo libtorch = new(Path.Combine(AppContext.BaseDirectory, "libtorch_cpu.so"));

        Assert.NotNull(libtorch.LinkTarget);
    }

    private static byte[] Library() => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));

    private static int FlagOf(byte[] weak)
    {
        int name = weak.AsSpan().IndexOf(Encoding.ASCII.GetBytes(TorchSharpLibrary.Version));
        Assert.True(name > 0);
        // Vernaux: hash (4), flags (2), other (2), name (4), next (4); the hash of a version's name is in the ELF specification.
        uint hash = 0;
        foreach (char c in TorchSharpLibrary.Version)
        {
            hash = (hash << 4) + c;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return weak.AsSpan().IndexOf(BitConverter.GetBytes(hash)) + 4;
    }
}
