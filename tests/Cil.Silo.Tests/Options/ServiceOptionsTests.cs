using System.Globalization;
using System.Reflection;
using Cil.Grains.Chunks;
using Cil.Grains.Leases;
using Cil.Grains.Queue;
using Cil.Rendering.Hosting;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Hosting;

namespace Cil.Silo.Tests.Options;

public sealed class ServiceOptionsTests
{
    [Fact]
    public void Read_ListsAllFaultsTogether()
    {
        IConfiguration configuration = Settings(
            ("Devices", "many"), ("Role", "worker"), ("Name", "a/b"),
            ("Cluster", "paper"), ("Colour", "red"), ("Planning:Precision", "float8"));

        ServiceOptionsException error = Assert.Throws<ServiceOptionsException>(() => ServiceConfiguration.Read(configuration));

        Assert.Equal(
            ["Cluster", "Colour", "Data", "Devices", "Models", "Name", "Planning:Precision"],
            error.Errors.Select(one => one.Field).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("none", ClusterKind.None, "")]
    [InlineData("localhost", ClusterKind.Localhost, "11111")]
    [InlineData("localhost=4000", ClusterKind.Localhost, "4000")]
    [InlineData("redis=a:6379,password=b", ClusterKind.Redis, "a:6379,password=b")]
    [InlineData("adonet=Host=a;Database=b", ClusterKind.AdoNet, "Host=a;Database=b")]
    [InlineData("azure=UseDevelopmentStorage=true", ClusterKind.Azure, "UseDevelopmentStorage=true")]
    public void Cluster_IsReadWithItsConnection(string text, ClusterKind kind, string connection) =>
        Assert.Equal(new ClusterChoice(kind, connection), ClusterChoice.Parse(text));

    [Theory]
    [InlineData("redis")]
    [InlineData("redis=")]
    [InlineData("none=x")]
    [InlineData("localhost=0")]
    public void Cluster_ThatIsNone_IsRefused(string text) => Assert.Null(ClusterChoice.Parse(text));

    [Fact]
    public void Role_WithoutACluster_IsRefused() => Assert.Contains(
        new ServiceOptionsValidator().Errors(new ServiceOptions { Role = SiloRole.Coordinator }),
        one => one.Field == nameof(ServiceOptions.Role));

    [Fact]
    public void Read_OfPartsOfOptions_NamesWhatIsNotThereAndWhatCannotBeRead()
    {
        IConfiguration configuration = Settings(
            ("Data", "d"), ("Queue:MaxWaitign", "3"), ("Leasing:Ask", "soon"), ("CircuitBreaker:FailedJobs", "0"), ("Retention", "7"));

        ServiceOptionsException error = Assert.Throws<ServiceOptionsException>(() => ServiceConfiguration.Read(configuration));

        Assert.Equal(
            ["CircuitBreaker:FailedJobs", "Leasing:Ask", "Models", "Queue:MaxWaitign", "Retention"],
            error.Errors.Select(one => one.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void EveryNumberAndTime_IsReadFromItsSettingAndRefusedBelowItsRange()
    {
        foreach ((string name, PropertyInfo property, _) in Leaves().Where(
            leaf => leaf.Property.PropertyType is var type
                && (type == typeof(int) || type == typeof(double) || (Nullable.GetUnderlyingType(type) ?? type) == typeof(TimeSpan))))
        {
            string value = property.PropertyType == typeof(int) || property.PropertyType == typeof(double) ? "-1" : "-00:00:01";

            ServiceOptionsException error = Assert.Throws<ServiceOptionsException>(
                () => ServiceConfiguration.Read(Settings(("Data", "d"), (name, value))));

            Assert.True(error.Errors.Any(one => one.Field == name && one.Message.Contains('-')), $"{name}: {error.Message}");
        }
    }

    [Fact]
    public void Document_ListsEverySettingWithItsDefault()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cil.sln"))) folder = Path.GetDirectoryName(folder)!;
        Dictionary<string, string> rows = File.ReadLines(Path.Combine(folder, "docs", "settings.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1].Trim('`'), cells => cells[3].Length > 0 ? cells[2] : "not explained");

        Assert.Equal(
            Leaves().ToDictionary(leaf => leaf.Name, leaf => Default(leaf.Name, leaf.Value))
                .OrderBy(row => row.Key, StringComparer.Ordinal),
            rows.OrderBy(row => row.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Embedded_WithFaults_ListsAllBeforeItStarts()
    {
        var options = new EmbeddedOptions
        {
            DataFolder = "", ModelFolders = ["nowhere"], Devices = 99,
            Planning = new PlannerOptions { Threads = 0 }, Leasing = new LeaseOptions { Check = TimeSpan.Zero },
        };

        ServiceOptionsException error = await Assert.ThrowsAsync<ServiceOptionsException>(() => CilHost.StartEmbeddedAsync(options));

        Assert.Equal(
            ["DataFolder", "ModelFolders", "Devices", "Planning:Threads", "Leasing:Check"], error.Errors.Select(one => one.Field));
    }

    [Fact]
    public async Task Silo_OfAnyHost_WithFaults_DoesNotStartAndNamesAll()
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        string data = Directory.CreateTempSubdirectory("cil-options-").FullName;
        builder.Services.AddFileBlobs(data).AddLocalDevices(0, [], []);
        builder.UseOrleans(silo => silo.UseLocalhostClustering().AddCilSilo());
        builder.Services.Configure<LeaseOptions>(leasing => leasing.MaxAttempts = 0)
            .Configure<QueueOptions>(queue => queue.ChargeWeight = 2);
        using IHost host = builder.Build();

        Exception error = await Assert.ThrowsAnyAsync<Exception>(() => host.StartAsync());

        Assert.Contains("LeaseOptions.MaxAttempts: 1 or more, got 0", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("QueueOptions.ChargeWeight: 0 to 1, got 2", error.ToString(), StringComparison.Ordinal);
        Directory.Delete(data, recursive: true);
    }

    private static IEnumerable<(string Name, PropertyInfo Property, object? Value)> Leaves(object? of = null, string prefix = "") =>
        (of ?? new ServiceOptions()) is var options
            ? options.GetType()
                .GetProperties()
                .Where(property => property.CanWrite)
                .SelectMany(property => ServiceConfiguration.IsPart(property)
                    ? Leaves(property.GetValue(options) ?? Activator.CreateInstance(property.PropertyType), $"{prefix}{property.Name}:")
                    : [($"{prefix}{property.Name}", property, property.GetValue(options))])
            : [];

    private static string Default(string name, object? value) => name switch
    {
        nameof(ServiceOptions.Name) => "the machine's name",
        "Planning:Threads" => "all processors",
        _ => value switch
        {
            null or "" or IList<string> { Count: 0 } => "none",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        },
    };

    [Theory]
    [InlineData("s3://Jobs")]
    [InlineData("s3://jobs?endpoint=minio:9000")]
    [InlineData("s3://jobs/folder")]
    public void Data_ThatIsNoBucket_IsRefused(string data) => Assert.Contains(
        new ServiceOptionsValidator().Errors(new ServiceOptions { Data = data }),
        one => one.Field == nameof(ServiceOptions.Data) && one.Message.Contains("got '", StringComparison.Ordinal));

    [Theory]
    [InlineData("s3://jobs", "s3")]
    [InlineData("UseDevelopmentStorage=true", "azure")]
    [InlineData("/srv/jobs", "folder")]
    public void Data_SaysWhatItIs(string data, string kind)
    {
        var options = new ServiceOptions { Data = data };

        Assert.Equal(
            kind,
            (options.IsS3, options.IsAzure, options.IsFolder) switch
            {
                (true, false, false) => "s3",
                (false, true, false) => "azure",
                (false, false, true) => "folder",
                _ => "several",
            });
    }

    private static IConfiguration Settings(params (string Name, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create($"{ServiceOptions.Section}:{setting.Name}", (string?)setting.Value)))
        .Build();
}
