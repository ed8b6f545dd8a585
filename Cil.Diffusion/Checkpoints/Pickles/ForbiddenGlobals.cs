namespace Cil.Diffusion.Checkpoints.Pickles;

/// <summary>
/// Names that no data needs: with them a pickle runs commands or reaches into the interpreter when Python loads it. Nothing is
/// ever executed here, but a file that asks for it is no checkpoint. Other unknown names become placeholders.
/// </summary>
internal static class ForbiddenGlobals
{
    private static readonly HashSet<string> Modules = new(StringComparer.Ordinal)
    {
        "os", "posix", "nt", "sys", "subprocess", "commands", "pty", "shutil", "socket",
        "runpy", "importlib", "imp", "ctypes", "cffi", "code", "codeop", "marshal",
        "pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "webbrowser",
        "operator", "types", "inspect", "gc", "signal", "threading", "multiprocessing",
        "asyncio", "tempfile", "pathlib_abc", "urllib", "http", "ftplib", "smtplib",
        "telnetlib", "requests", "platform", "pip", "setuptools", "distutils", "bdb", "pdb",
        "timeit", "trace", "cProfile", "profile", "pydoc", "test", "builtin", "nturl2path",
        "fileinput", "linecache", "tarfile", "zipfile", "zipimport", "ensurepip", "venv",
    };

    private static readonly HashSet<string> SafeBuiltins = new(StringComparer.Ordinal)
    {
        "set", "frozenset", "list", "dict", "tuple", "int", "float", "complex", "str", "bool",
        "bytes", "bytearray", "slice", "range", "object", "print", "long", "unicode",
    };

    private static readonly string[] Torch =
    [
        "torch.hub", "torch.utils.cpp_extension", "torch.jit.unsupported_tensor_ops",
        "torch.serialization", "torch.distributed", "torch.multiprocessing", "torch.package",
    ];

    internal static bool Contains(PickleGlobal name)
    {
        string root = name.Module.Split('.')[0];
        if (root is "builtins" or "__builtin__" or "__builtins__") return !SafeBuiltins.Contains(name.Name);
        // A dotted name walks from a class to its members, which is how guarded lists of modules are got around.
        return Modules.Contains(root)
            || name.Name.Contains('.', StringComparison.Ordinal)
            || name.Name.StartsWith("__", StringComparison.Ordinal)
            || Torch.Any(module => name.Module == module || name.Module.StartsWith(module + ".", StringComparison.Ordinal));
    }
}
