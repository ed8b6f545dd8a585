using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Cil.Api.Identity;
using Cil.Cli.Options;
using Cil.Client.Contracts;
using Cil.Interfaces;
using Cil.Silo.Hosting;
using Cil.Silo.Options;
using Cil.Storage;

namespace Cil.Cli.Keys;

/// <summary>`cil keys`: who may ask a service. It works on the service's storage, whether the service runs or not.</summary>
internal static class KeysCommand
{
    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    private const string DataVariable = "Cil__Data";

    internal static Command Build() => new(
        "keys", "Keys of a service's tenants. Without any, a service answers this machine's programs only.") { Create(), List(), Revoke() };

    private static Option<string?> Data => new("--data")
    {
        Description =
            $"where the service keeps its jobs: a folder or a connection string, as 'cil serve' "
                + $"takes it (default: {DataVariable} of the environment)",
    };

    private static Option<string> Container => Values.Text("--container", "the container in Azure", "cil");

    private static Command Create()
    {
        var tenant = new Option<string>("--tenant") { Description = "whose key it is: letters, digits, '-' and '_'", Required = true };
        Option<string> name = Values.Text("--name", "what the key is called in lists", "");
        Option<string> scopes = Values.Text(
            "--scopes", $"what it allows, with commas between: {string.Join(", ", Scope.All)}", Scope.Render);
        Option<string?> data = Data;
        Option<string> container = Container;
        var command = new Command(
            "create",
            $"Makes a key and shows it, this once. A tenant has at most {ApiKeyStore.MostLive} "
                + "live keys, so that one can replace the other.") { tenant, name, scopes, data, container };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            string whose = parsed.GetRequiredValue(tenant), all = parsed.GetRequiredValue(scopes);
            if (!RenderJobId.IsId(whose)) throw new BadInputException("--tenant", $"1 to 64 letters, digits, '-' or '_'; got '{whose}'");
            string[] allowed = all.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (allowed.Length == 0 || !allowed.All(Scope.All.Contains))
                throw new BadInputException("--scopes", $"one or more of {string.Join(", ", Scope.All)}, with commas between; got '{all}'");
            ApiKeyStore keys = await OpenAsync(parsed.GetValue(data), parsed.GetRequiredValue(container), mayMake: true, cancellationToken);
            try
            {
                Console.WriteLine(await keys.CreateAsync(whose, parsed.GetRequiredValue(name), allowed, cancellationToken));
            }
            catch (InvalidOperationException error)
            {
                throw new BadInputException("--tenant", error.Message);
            }

            await Console.Error.WriteLineAsync(
                "It is shown only now. Programs send it as 'Authorization: Bearer KEY'; cil takes it from CIL_KEY of the environment.");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List()
    {
        Option<string?> data = Data;
        Option<string> container = Container;
        var json = new Option<bool>("--json") { Description = "as JSON" };
        var command = new Command("list", "Lists the keys, also those that are revoked; never the secrets.") { data, container, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ApiKeyStore keys = await OpenAsync(
                parsed.GetValue(data), parsed.GetRequiredValue(container), mayMake: false, cancellationToken);
            IReadOnlyList<ApiKey> all =
            [
                .. (await keys.ListAsync(cancellationToken))
                    .OrderBy(key => key.Tenant, StringComparer.Ordinal)
                    .ThenBy(key => key.CreatedAt),
            ];
            if (parsed.GetValue(json))
            {
                // The hash is nobody's business either.
                Console.WriteLine(JsonSerializer.Serialize(
                    all.Select(key => new { key.Id, key.Tenant, key.Name, key.Scopes, key.CreatedAt, key.RevokedAt }), Indented));
                return ExitCode.Done;
            }

            foreach (ApiKey key in all) Console.WriteLine(Line(key));
            if (all.Count == 0) Console.WriteLine("no keys: a service on this storage answers this machine's programs only");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("ID") { Description = "the key's id, as 'cil keys list' shows it" };
        Option<string?> data = Data;
        Option<string> container = Container;
        var command = new Command("revoke", "Takes a key out of use, within some seconds.") { id, data, container };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ApiKeyStore keys = await OpenAsync(
                parsed.GetValue(data), parsed.GetRequiredValue(container), mayMake: false, cancellationToken);
            string named = parsed.GetRequiredValue(id);
            ApiKey key = await keys.RevokeAsync(named, cancellationToken) ?? throw new BadInputException("ID", $"there is no key {named}");
            Console.WriteLine(Line(key));
            return ExitCode.Done;
        });
        return command;
    }

    private static string Line(ApiKey key) => string.Create(
        CultureInfo.InvariantCulture,
        $"{key.Id} {PrintableText.Of(key.Tenant)} {string.Join(",", key.Scopes)}, made {key.CreatedAt:u}"
            + $"{(key.RevokedAt is { } revoked ? $", revoked {revoked:u}" : "")}"
            + $"{(key.Name.Length == 0 ? "" : $": {PrintableText.Of(key.Name)}")}");

    private static async Task<ApiKeyStore> OpenAsync(string? data, string container, bool mayMake, CancellationToken cancellationToken)
    {
        string place = data
            ?? Environment.GetEnvironmentVariable(DataVariable)
            ?? throw new BadInputException("--data", $"where the service keeps its jobs; neither it nor {DataVariable} is given");
        var options = new ServiceOptions { Data = place, Container = container };
        if (!mayMake && options.IsFolder && !Directory.Exists(place)) throw new BadInputException("--data", $"there is no folder {place}");
        IBlobStore blobs = await ClusterConnection.OpenBlobsAsync(options, cancellationToken);
        return new ApiKeyStore(new RetryingBlobStore(blobs, TimeProvider.System), TimeProvider.System);
    }
}
