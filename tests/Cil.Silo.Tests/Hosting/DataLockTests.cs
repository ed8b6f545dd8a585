using System.Diagnostics;
using System.Globalization;
using Cil.Silo.Hosting;

namespace Cil.Silo.Tests.Hosting;

public sealed class DataLockTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cil-lock-").FullName;

    [Fact]
    public async Task Take_OfAFolderThatAServiceHas_NamesItsProcessAndAddress()
    {
        using DataLock first = await DataLock.TakeAsync(folder);
        using IDisposable service = ServiceFile.Write(folder, "one", "http://127.0.0.1:8300");

        DataLockedException error = await Assert.ThrowsAsync<DataLockedException>(() => DataLock.TakeAsync(folder));

        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), error.Message, StringComparison.Ordinal);
        Assert.Contains("http://127.0.0.1:8300", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Take_WhileAnotherProgramIsAboutToEnd_WaitsForIt()
    {
        DataLock first = await DataLock.TakeAsync(folder);
        Task<DataLock> second = DataLock.TakeAsync(folder);

        first.Dispose();

        (await second).Dispose();
    }

    [Fact]
    public async Task Share_IsForManyButNotBesideOneThatHasItAlone()
    {
        using (DataLock one = await DataLock.ShareAsync(folder, "a"))
        using (DataLock another = await DataLock.ShareAsync(folder, "a"))
        using (ServiceFile.Write(folder, "one", "http://127.0.0.1:8300"))
        {
            await Assert.ThrowsAsync<DataLockedException>(() => DataLock.TakeAsync(folder));
        }

        using DataLock alone = await DataLock.TakeAsync(folder);
        using IDisposable service = ServiceFile.Write(folder, "one", "http://127.0.0.1:8300");
        await Assert.ThrowsAsync<DataLockedException>(() => DataLock.ShareAsync(folder, "a"));
    }

    [Fact]
    public async Task Share_OfAFolderThatAnotherClusterHas_NamesBothAndTakesNothing()
    {
        using (DataLock one = await DataLock.ShareAsync(folder, "redis cil/a"))
        {
            DataLockedException error = await Assert.ThrowsAsync<DataLockedException>(() => DataLock.ShareAsync(folder, "redis cil/b"));

            Assert.Contains("'redis cil/a'", error.Message, StringComparison.Ordinal);
            Assert.Contains("'redis cil/b'", error.Message, StringComparison.Ordinal);
            (await DataLock.ShareAsync(folder, "redis cil/a")).Dispose();
        }

        // Once the first has gone the folder may change hands.
        (await DataLock.ShareAsync(folder, "redis cil/b")).Dispose();
    }

    [Fact]
    public void Find_GivesALiveServiceAndNoneThatHasEnded()
    {
        Assert.Null(ServiceFile.Find(folder));
        using (ServiceFile.Write(folder, "one", "http://127.0.0.1:8300"))
        {
            Assert.Equal("http://127.0.0.1:8300", ServiceFile.Find(folder));
        }

        Assert.Null(ServiceFile.Find(folder));
    }

    [Fact]
    public void Find_OfAProcessWhoseNumberAnotherHasNow_IsNull()
    {
        using var self = Process.GetCurrentProcess();
        using IDisposable service = ServiceFile.Write(folder, "one", "http://127.0.0.1:8300");
        string file = Directory.GetFiles(Path.Combine(folder, ".services")).Single();
        ServiceFile written = ServiceFile.Live(folder).Single();

        File.WriteAllText(file, System.Text.Json.JsonSerializer.Serialize(written with { Started = written.Started.AddMinutes(-1) }));

        Assert.Null(ServiceFile.Find(folder));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
