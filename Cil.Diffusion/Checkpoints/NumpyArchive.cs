using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Cil.Diffusion.Checkpoints.Files;
using static TorchSharp.torch;

namespace Cil.Diffusion.Checkpoints;

/// <summary>
/// Arrays that numpy.savez wrote (.npz), packed or not: a ZIP archive of .npy files (NumPy's lib/format.py). Chainer keeps its
/// parameters so.
/// </summary>
public sealed partial class NumpyArchive : ITensorFile
{
    /// <summary>How the archive's entries end.</summary>
    internal const string Ending = ".npy";

    private const int PrefixBytes = 10;
    private static readonly byte[] Magic = [0x93, .. "NUMPY"u8];

    private readonly ZipArchive archive;
    private readonly Dictionary<string, StoredArray> arrays = new(StringComparer.Ordinal);
    private readonly List<string> names = [];

    private NumpyArchive(string file, Stream stream, bool isFile)
    {
        (File, Files) = (file, isFile ? [file] : []);
        try
        {
            archive = new ZipArchive(stream, ZipArchiveMode.Read);
            foreach (ZipArchiveEntry entry in archive.Entries)
            {
                if (!entry.FullName.EndsWith(Ending, StringComparison.Ordinal)) continue;
                string name = entry.FullName[..^Ending.Length];
                if (!arrays.TryAdd(name, Header(name, entry))) throw new CheckpointException($"{file}: {name} is there twice");
                names.Add(name);
            }
        }
        catch (InvalidDataException error)
        {
            stream.Dispose();
            throw new CheckpointException($"{file}: {error.Message}", error);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    public string File { get; }

    public IReadOnlyList<string> Files { get; }

    public IReadOnlyCollection<string> Names => names;

    /// <exception cref="CheckpointException">The file is missing or damaged, or holds what are no numbers.</exception>
    public static NumpyArchive Open(string path)
    {
        try
        {
            return new NumpyArchive(path, System.IO.File.OpenRead(path), isFile: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    /// <param name="name">What messages call it.</param>
    /// <exception cref="CheckpointException">The bytes are damaged, or hold what are no numbers.</exception>
    public static NumpyArchive FromBytes(string name, byte[] content) => new(name, new MemoryStream(content), isFile: false);

    public TensorEntry? Find(string name) => arrays.TryGetValue(name, out StoredArray array) ? array.Shape : null;

    public Tensor Read(string name, ByteLook? look = null)
    {
        if (!arrays.TryGetValue(name, out StoredArray array)) throw new CheckpointException($"{File}: has no array '{name}'");
        if (array.Shape.Type is not { } type)
            throw new CheckpointException($"{File}: {name}: {ElementTypes.Unsupported(array.Shape.TypeName)}");
        Tensor tensor = empty(array.Shape.Shape, type);
        try
        {
            using Stream stream = array.Entry.Open();
            stream.ReadExactly(new byte[array.HeaderBytes]);
            Span<byte> bytes = tensor.bytes;
            stream.ReadExactly(bytes);
            look?.Invoke(bytes);
            return tensor;
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            tensor.Dispose();
            throw new CheckpointException($"{File}: {name}: {error.Message}", error);
        }
    }

    public void Dispose() => archive.Dispose();

    private StoredArray Header(string name, ZipArchiveEntry entry)
    {
        byte[] prefix = new byte[PrefixBytes];
        using Stream stream = entry.Open();
        int read = stream.ReadAtLeast(prefix, PrefixBytes, throwOnEndOfStream: false);
        if (read < PrefixBytes || !prefix.AsSpan(0, Magic.Length).SequenceEqual(Magic)) throw Bad("is no array of NumPy");
        // Version 1 has two bytes of length; the later ones have four, for longer headers than arrays of numbers need.
        if (prefix[6] != 1) throw Bad(string.Create(CultureInfo.InvariantCulture, $"format version {prefix[6]}, expected 1"));
        byte[] text = new byte[prefix[8] | (prefix[9] << 8)];
        if (stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) < text.Length) throw Bad("its header is cut off");
        string header = Encoding.ASCII.GetString(text);
        Match match = Fields().Match(header);
        if (!match.Success) throw Bad($"its header is not understood: {header.Trim()}");
        string[] axes = match.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        long[] shape = [.. axes.Select(axis => long.TryParse(axis, NumberStyles.None, CultureInfo.InvariantCulture, out long size)
            ? size
            : throw Bad($"its shape is not of numbers: {match.Groups["shape"].Value}"))];
        if (match.Groups["order"].Value == "True" && shape.Length > 1)
            throw Bad("its columns come first (fortran_order); save it again in C order");
        string kind = match.Groups["type"].Value;
        if (TypeOf(kind) is not { } type) return new StoredArray(entry, new TensorEntry(null, shape, kind, 0), 0);
        Int128 bytes = ElementTypes.BytesOf(type);
        // Beyond that it only grows, unless an axis is empty.
        foreach (long size in shape.Order()) bytes = bytes > long.MaxValue ? bytes : bytes * size;
        int headerBytes = PrefixBytes + text.Length;
        return bytes == entry.Length - headerBytes
            ? new StoredArray(entry, new TensorEntry(type, shape), headerBytes)
            : throw Bad($"shape ({string.Join(", ", shape)}) of {kind} is {bytes} bytes, it has {entry.Length - headerBytes}");

        CheckpointException Bad(string what) => new($"{File}: {name}: {what}");
    }

    /// <param name="HeaderBytes">What stands before the numbers.</param>
    private readonly record struct StoredArray(ZipArchiveEntry Entry, TensorEntry Shape, int HeaderBytes);

    private static ScalarType? TypeOf(string kind) => kind switch
    {
        "<f4" => ScalarType.Float32,
        "<f8" => ScalarType.Float64,
        "<f2" => ScalarType.Float16,
        "<i8" => ScalarType.Int64,
        "<i4" => ScalarType.Int32,
        "|u1" => ScalarType.Byte,
        "|i1" => ScalarType.Int8,
        "|b1" => ScalarType.Bool,
        _ => null,
    };

    [GeneratedRegex(@"^\{'descr': '(?<type>[^']+)', 'fortran_order': (?<order>True|False), 'shape': \((?<shape>[0-9, ]*)\), \}\s*$")]
    private static partial Regex Fields();
}
