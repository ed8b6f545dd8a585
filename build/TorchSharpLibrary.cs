using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace Cil.Build;

/// <summary>
/// TorchSharp's native library asks for version GLIBCXX_3.4.32 of libstdc++ (GCC 13) because of one symbol,
/// std::ios_base_library_init(), which no relocation uses. Systems with an older libstdc++ (Debian 12, Ubuntu 22.04) refuse to
/// load it for that. With the flag "weak" on that entry of .gnu.version_r the dynamic linker loads it all the same; on newer
/// systems the flag changes nothing.
/// </summary>
public static class TorchSharpLibrary
{
    public const string Version = "GLIBCXX_3.4.32", Symbol = "_ZSt21ios_base_library_initv";

    // System V ABI and the Linux Standard Base: section types, field offsets of ELF64, the flag of a weak version.
    private const uint DynamicSymbols = 11, NeededVersions = 0x6ffffffe, SymbolVersions = 0x6fffffff;
    private const int SectionBytes = 64, SymbolBytes = 24, Weak = 2, IndexMask = 0x7fff;

    /// <summary>Sets the flag where the version is asked for.</summary>
    /// <param name="library">The bytes of the library; changed in place.</param>
    /// <returns>Whether a byte changed: false where the version is not asked for, or is weak already.</returns>
    /// <exception cref="InvalidDataException">
    /// not a 64-bit little-endian ELF file with whole tables, or symbols other than <see cref="Symbol"/> need the version
    /// </exception>
    public static bool Weaken(byte[] library)
    {
        if (library.Length < 64 || BitConverter.ToUInt32(library, 0) != 0x464c457f || library[4] != 2 || library[5] != 1)
            throw new InvalidDataException("expected a 64-bit little-endian ELF library");
        try
        {
            return WeakenEntry(library);
        }
        catch (Exception error) when (error is ArgumentException || error is IndexOutOfRangeException || error is OverflowException)
        {
            throw new InvalidDataException("the tables of this ELF library point outside it: it is cut short or damaged");
        }
    }

    private static bool WeakenEntry(byte[] file)
    {
        if (Find(file, NeededVersions) is not int needed) return false;
        int names = Offset(file, Section(file, Word(file, needed + 40)));
        for (int need = Offset(file, needed), more = 1; more != 0; need += more = Word(file, need + 12))
        {
            for (int entry = need + Word(file, need + 8), next = 1; next != 0; entry += next = Word(file, entry + 12))
            {
                if (Text(file, names + Word(file, entry + 8)) != Version) continue;
                List<string> users = UsersOf(file, BitConverter.ToUInt16(file, entry + 6));
                users.Remove(Symbol);
                if (users.Count > 0)
                {
                    throw new InvalidDataException(
                        $"{Version} is needed by {string.Join(", ", users)}, expected only {Symbol}: "
                            + "this version of TorchSharp needs a newer libstdc++");
                }

                if ((file[entry + 4] & Weak) != 0) return false;
                file[entry + 4] |= Weak;
                return true;
            }
        }

        return false;
    }

    private static List<string> UsersOf(byte[] file, int version)
    {
        var users = new List<string>();
        if (Find(file, DynamicSymbols) is not int symbols || Find(file, SymbolVersions) is not int versions)
            throw new InvalidDataException("expected a table of dynamic symbols and one of their versions");
        int names = Offset(file, Section(file, Word(file, symbols + 40))),
            count = checked((int)BitConverter.ToUInt64(file, symbols + 32)) / SymbolBytes;
        for (int i = 0; i < count; i++)
        {
            if ((BitConverter.ToUInt16(file, Offset(file, versions) + 2 * i) & IndexMask) == version)
                users.Add(Text(file, names + Word(file, Offset(file, symbols) + i * SymbolBytes)));
        }

        return users;
    }

    private static int? Find(byte[] file, uint type)
    {
        for (int i = 0; i < BitConverter.ToUInt16(file, 60); i++)
        {
            if (BitConverter.ToUInt32(file, Section(file, i) + 4) == type) return Section(file, i);
        }

        return null;
    }

    private static int Section(byte[] file, int index) => checked((int)BitConverter.ToUInt64(file, 40)) + index * SectionBytes;

    private static int Offset(byte[] file, int section) => checked((int)BitConverter.ToUInt64(file, section + 24));

    private static int Word(byte[] file, int at) => checked((int)BitConverter.ToUInt32(file, at));

    private static string Text(byte[] file, int at)
    {
        int end = Array.IndexOf(file, (byte)0, at);
        return Encoding.ASCII.GetString(file, at, end - at);
    }
}

#if !WITHOUT_MSBUILD
/// <summary>The step of the build: copies the library with the flag set; see Directory.Build.targets.</summary>
public sealed class WeakenTorchSharpLibrary : Microsoft.Build.Utilities.Task
{
    [Microsoft.Build.Framework.Required] public string Source { get; set; }

    [Microsoft.Build.Framework.Required] public string Destination { get; set; }

    public override bool Execute()
    {
        try
        {
            byte[] library = File.ReadAllBytes(Source);
            TorchSharpLibrary.Weaken(library);
            Directory.CreateDirectory(Path.GetDirectoryName(Destination));
            // Projects build side by side: each writes a file of its own and renames it.
            string own = Destination + "." + Guid.NewGuid().ToString("N");
            File.WriteAllBytes(own, library);
            if (File.Exists(Destination)) File.Delete(own);
            else File.Move(own, Destination);
            return true;
        }
        catch (InvalidDataException error)
        {
            Log.LogError("{0}: {1}", Source, error.Message);
        }
        catch (IOException) when (File.Exists(Destination))
        {
            return true;
        }

        return false;
    }
}
#endif
