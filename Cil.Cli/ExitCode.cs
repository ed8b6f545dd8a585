namespace Cil.Cli;

/// <summary>What the program's exit code says.</summary>
public static class ExitCode
{
    public const int Done = 0;

    /// <summary>The work was tried and failed, or a check found a difference.</summary>
    public const int Failed = 1;

    /// <summary>An option, a file or a folder is not what it should be; nothing was written.</summary>
    public const int BadInput = 2;

    /// <summary>The terminal was closed: 128 and the signal's number.</summary>
    public const int HungUp = 129;

    /// <summary>Ctrl-C: 128 and the signal's number, as shells have it.</summary>
    public const int Cancelled = 130;
}
