using Cil.Silo.Cluster;
using Cil.Storage;

namespace Cil.Silo.Hosting;

/// <summary>
/// A silo's name on its data folder, for one process at a time: workers are called by it, and jobs remember them. The lock is the operating
/// system's, so that it goes with its process, however that ends.
/// </summary>
internal sealed class SiloNameLock : IDisposable
{
    private readonly FileStream handle;

    private SiloNameLock(FileStream handle) => this.handle = handle;

    /// <exception cref="SiloNameTakenException">A living silo has the name.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    internal static SiloNameLock Take(string folder, string name)
    {
        string file = Path.Combine(PrivateFolder.Create(Path.Combine(folder, ServiceFile.FolderName)).FullName, $"{name}.lock");
        try
        {
            return new SiloNameLock(PrivateFolder.Open(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(file))
        {
            ServiceFile? holder = ServiceFile.Live(folder).FirstOrDefault(one => one.Silo == name);
            throw new SiloNameTakenException(name, holder is null ? "another process" : $"process {holder.ProcessId} on {holder.Machine}");
        }
    }

    public void Dispose() => handle.Dispose();
}
