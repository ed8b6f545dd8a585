using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cil.Grains.Chunks;
using Cil.Interfaces.Jobs;
using Cil.Interfaces.Queue;
using Cil.Media.Images;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.TestKit.Models;
using Cil.TestKit.Storage;

namespace Cil.Silo.Tests.Cluster;

/// <summary>Silos that show each other certificates of one authority.</summary>
public sealed class SiloTlsTests : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2), Refusal = TimeSpan.FromSeconds(20);

    private readonly TinyModel model = new();
    private readonly string folder = Directory.CreateTempSubdirectory("cil-tls-").FullName;
    private readonly int port = Ports.Free(2);

    [Fact]
    public async Task SilosWithCertificates_Render_AndOneWithoutOrOfAnotherAuthorityStaysOutside()
    {
        SiloTlsOptions own = Make("own"), foreign = Make("foreign");
        await using CilService coordinator = await CilService.StartAsync(Options("c1", SiloRole.Coordinator, port, own));
        await using CilService worker = await CilService.StartAsync(Options("w1", SiloRole.Worker, Ports.Free(2), own));

        // Both had time enough to join: the coordinator has known the worker since long.
        foreach ((string name, SiloTlsOptions tls) in new[] { ("plain", new SiloTlsOptions()), ("other", foreign) })
        {
            using var limit = new CancellationTokenSource(Refusal);
            _ = await Assert.ThrowsAnyAsync<Exception>(
                async () => await (await CilService.StartAsync(
                    Options(name, SiloRole.Worker, Ports.Free(2), tls), limit.Token)).DisposeAsync());
        }

        JobSnapshot job = await coordinator.Client.SubmitAsync(
            new RenderRequest { Model = TinyModel.Manifest.Name, Prompt = "a thing", Steps = 4 },
            PngWriter.Write(new byte[16 * 16 * 3], 16, 16));
        using var timeout = new CancellationTokenSource(TimeLimit);
        await foreach (JobSnapshot snapshot in coordinator.Client.WatchAsync(job.Id, timeout.Token)) job = snapshot;
        Assert.True(job.State == JobState.Completed, $"{job.State}: {job.Error}");
        QueueStatus queue = await coordinator.Client.QueueAsync();
        Assert.Equal(["w1/0"], queue.Workers.Select(one => one.Worker));
    }

    [Fact]
    public async Task Client_WithACertificate_ReachesAGatewayThatAsksForOne()
    {
        SiloTlsOptions own = Make("own");
        ServiceOptions options = Options("c1", SiloRole.Coordinator, port, own);
        await using CilService coordinator = await CilService.StartAsync(options);

        await using ClusterConnection connection = await ClusterConnection.OpenAsync(options);

        Assert.Empty((await connection.Client.QueueAsync()).Workers);
    }

    [Fact]
    public async Task Start_WithFilesThatAreNotThereOrDoNotFit_NamesThem()
    {
        SiloTlsOptions own = Make("own"), foreign = Make("foreign");

        ServiceOptionsException missing = await FaultAsync(
            new SiloTlsOptions { Certificate = own.Certificate, Key = Path.Combine(folder, "nowhere.pem") });
        ServiceOptionsException mixed = await FaultAsync(
            new SiloTlsOptions { Certificate = own.Certificate, Key = foreign.Key, Authority = own.Authority });

        Assert.Equal(["Tls:Authority", "Tls:Key"], missing.Errors.Select(fault => fault.Field).Order(StringComparer.Ordinal));
        Assert.Contains(foreign.Key!, Assert.Single(mixed.Errors).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        model.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private Task<ServiceOptionsException> FaultAsync(SiloTlsOptions tls) =>
        Assert.ThrowsAsync<ServiceOptionsException>(() => CilService.StartAsync(Options("c1", SiloRole.Coordinator, port, tls)));

    private ServiceOptions Options(string name, SiloRole role, int first, SiloTlsOptions tls) => new()
    {
        Data = Path.Combine(folder, "data"), Models = [model.Folder], Name = name,
        Role = role, Url = "http://127.0.0.1:0", Tls = tls, DrainSeconds = 0,
        Cluster = string.Create(CultureInfo.InvariantCulture, $"localhost={port}"),
        SiloPort = first, GatewayPort = first + 1, Planning = new PlannerOptions { Threads = 1 },
    };

    // An authority, and a certificate of it for silos, which are both who calls and who is called.
    private SiloTlsOptions Make(string name)
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddHours(-1), to = from.AddDays(1);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var siloKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest($"CN={name} authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        using X509Certificate2 authority = authorityRequest.CreateSelfSigned(from, to);
        var request = new CertificateRequest($"CN={name} silo", siloKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        using X509Certificate2 silo = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(8));
        return new SiloTlsOptions
        {
            Certificate = Write($"{name}.pem", silo.ExportCertificatePem()),
            Key = Write($"{name}-key.pem", siloKey.ExportPkcs8PrivateKeyPem()),
            Authority = Write($"{name}-authority.pem", authority.ExportCertificatePem()),
        };
    }

    private string Write(string file, string text)
    {
        string path = Path.Combine(folder, file);
        File.WriteAllText(path, text);
        return path;
    }
}
