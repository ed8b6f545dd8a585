using Cil.Silo.Options;
using Microsoft.Extensions.Configuration;

namespace Cil.Silo.Tests.Options;

public sealed class ServiceOptionsTests
{
    [Fact]
    public void Read_ListsAllFaultsTogether()
    {
        IConfiguration configuration = Settings(("Devices", "many"), ("Role", "worker"), ("Name", "a/b"), ("Cluster", "paper"), ("Colour", "red"), ("Planning:Precision", "float8"));

        var error = Assert.Throws<ServiceOptionsException>(() => ServiceOptionsFaults.Read(configuration));

        Assert.Equal(["Cluster", "Colour", "Data", "Devices", "Models", "Name", "Planning:Precision"], error.Faults.Select(fault => fault.Field).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("none", ClusterKind.None, "")]
    [InlineData("localhost", ClusterKind.Localhost, "11111")]
    [InlineData("localhost=4000", ClusterKind.Localhost, "4000")]
    [InlineData("redis=a:6379,password=b", ClusterKind.Redis, "a:6379,password=b")]
    [InlineData("adonet=Host=a;Database=b", ClusterKind.AdoNet, "Host=a;Database=b")]
    [InlineData("azure=UseDevelopmentStorage=true", ClusterKind.Azure, "UseDevelopmentStorage=true")]
    public void Cluster_IsReadWithItsConnection(string text, ClusterKind kind, string connection) => Assert.Equal(new ClusterChoice(kind, connection), ClusterChoice.Parse(text));

    [Theory]
    [InlineData("redis")]
    [InlineData("redis=")]
    [InlineData("none=x")]
    [InlineData("localhost=0")]
    public void Cluster_ThatIsNone_IsRefused(string text) => Assert.Null(ClusterChoice.Parse(text));

    [Fact]
    public void Role_WithoutACluster_IsRefused() => Assert.Contains(
        ServiceOptionsFaults.Of(new ServiceOptions { Role = SiloRole.Coordinator }), fault => fault.Field == nameof(ServiceOptions.Role));

    [Theory]
    [InlineData("s3://Jobs")]
    [InlineData("s3://jobs?endpoint=minio:9000")]
    [InlineData("s3://jobs/folder")]
    public void Data_ThatIsNoBucket_IsRefused(string data) => Assert.Contains(
        ServiceOptionsFaults.Of(new ServiceOptions { Data = data }), fault => fault.Field == nameof(ServiceOptions.Data) && fault.Message.Contains("got '", StringComparison.Ordinal));

    [Theory]
    [InlineData("s3://jobs", "s3")]
    [InlineData("UseDevelopmentStorage=true", "azure")]
    [InlineData("/srv/jobs", "folder")]
    public void Data_SaysWhatItIs(string data, string kind)
    {
        var options = new ServiceOptions { Data = data };

        Assert.Equal(kind, (options.IsS3, options.IsAzure, options.IsFolder) switch { (true, false, false) => "s3", (false, true, false) => "azure", (false, false, true) => "folder", _ => "several" });
    }

    private static IConfiguration Settings(params (string Name, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"{ServiceOptions.Section}:{setting.Name}", (string?)setting.Value)))
        .Build();
}
