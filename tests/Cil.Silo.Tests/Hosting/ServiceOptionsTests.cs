using Cil.Silo.Cluster;
using Cil.Silo.Hosting;
using Microsoft.Extensions.Configuration;

namespace Cil.Silo.Tests.Hosting;

public sealed class ServiceOptionsTests
{
    [Fact]
    public void Read_ListsAllFaultsTogether()
    {
        IConfiguration configuration = Settings(("Devices", "many"), ("Role", "worker"), ("Name", "a/b"), ("Cluster", "paper"), ("Colour", "red"), ("Planning:Precision", "float8"));

        var error = Assert.Throws<ServiceOptionsException>(() => ServiceConfiguration.Read(configuration));

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
        new ServiceOptionsValidator().Faults(new ServiceOptions { Role = SiloRole.Coordinator }), fault => fault.Field == nameof(ServiceOptions.Role));

    private static IConfiguration Settings(params (string Name, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"{ServiceOptions.Section}:{setting.Name}", (string?)setting.Value)))
        .Build();
}
