using System.Diagnostics;
using System.Globalization;

namespace Cil.Benchmarks.Faults.Network;

/// <summary>A network namespace for each silo, joined to each other and to this machine by a router that can fail.</summary>
internal sealed class SiloNetwork : IDisposable
{
    /// <summary>This machine's number in the network: clients and Redis.</summary>
    internal const int Machine = 1;

    private const int FirstSilo = 11;

    private readonly Dictionary<string, int> hosts;
    private readonly string[] interfaces;

    private SiloNetwork(IReadOnlyList<string> silos, int seed)
    {
        hosts = silos.Index().ToDictionary(silo => silo.Item, silo => FirstSilo + silo.Index, StringComparer.Ordinal);
        interfaces = [.. silos.Select(silo => $"cil-{silo}").Append("cil-host")];
        var devices = new Dictionary<int, TunDevice>();
        foreach (string silo in silos)
        {
            string name = $"cil-{silo}";
            Remove(name);
            devices[hosts[silo]] = new TunDevice(name);
            Run("netns", "add", name);
            Run("link", "set", name, "netns", name);
            Run("-n", name, "link", "set", "lo", "up");
            Bring(["-n", name], name, hosts[silo]);
        }

        devices[Machine] = new TunDevice("cil-host");
        Bring([], "cil-host", Machine);
        Router = new PacketRouter(devices, seed);
    }

    internal PacketRouter Router { get; }

    /// <summary>Null, with a reason, where this user or machine cannot have namespaces.</summary>
    internal static SiloNetwork? TryCreate(IReadOnlyList<string> silos, int seed, out string reason)
    {
        reason = "";
        try
        {
            return new SiloNetwork(silos, seed);
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            reason = error.Message;
            foreach (string silo in silos) Remove($"cil-{silo}");
            return null;
        }
    }

    internal int HostOf(string silo) => hosts[silo];

    internal static string Address(int host) => string.Create(CultureInfo.InvariantCulture, $"10.77.0.{host}");

    /// <summary>Stands before a command that is to run in the silo's namespace.</summary>
    internal static string[] Prefix(string silo) => ["ip", "netns", "exec", $"cil-{silo}"];

    public void Dispose()
    {
        Router.Dispose();
        foreach (string name in interfaces) Remove(name);
    }

    private static void Bring(string[] place, string name, int host)
    {
        Run([.. place, "link", "set", name, "mtu", TunDevice.LargestPacket.ToString(CultureInfo.InvariantCulture), "up"]);
        Run([.. place, "addr", "add", $"{Address(host)}/24", "dev", name]);
    }

    private static void Remove(string name)
    {
        using Process process = Start("netns", "del", name);
        _ = process.StandardError.ReadToEnd();
        process.WaitForExit();
    }

    private static void Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {errors.Trim()}");
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true })!;
}
