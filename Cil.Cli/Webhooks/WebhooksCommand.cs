using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using Cil.Api.Videos;
using Cil.Cli.Jobs;
using Cil.Cli.Options;
using Cil.Client.Contracts;
using Cil.Interfaces.Webhooks;

namespace Cil.Cli.Webhooks;

/// <summary>`cil webhooks`: where a running service tells of the ends of the caller's jobs.</summary>
internal static class WebhooksCommand
{
    private const string Endpoints = "v1/webhook_endpoints";

    private static readonly JsonSerializerOptions Indented = new(ApiJson.Options) { WriteIndented = true };

    internal static Command Build() => new("webhooks", "Webhook endpoints of the tenant that the key is of; a running service is asked.")
    {
        Create(), List(), Delete(), Rotate(),
    };

    private static Command Create()
    {
        var address = new Argument<string>("ADDRESS") { Description = "where events are sent: https://…" };
        Option<string> name = Values.Text("--name", "what the endpoint is called in lists", "cil");
        Option<string> events = Values.Text(
            "--events", "the events that it gets, with commas between", string.Join(',', WebhookEventTypes.All));
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var command = new Command("create", "Adds an endpoint and shows the secret that its deliveries are signed with, this once.")
        {
            address, name, events, data, url,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new ApiWebhookSettings
            {
                Name = parsed.GetRequiredValue(name),
                Url = parsed.GetRequiredValue(address),
                EventTypes = parsed.GetRequiredValue(events)
                    .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            };
            using HttpClient http = JobAccess.Service(parsed.GetValue(data), parsed.GetValue(url));
            using HttpResponseMessage answer = await http.PostAsJsonAsync(
                new Uri(Endpoints, UriKind.Relative), settings, ApiJson.Options, cancellationToken);
            await ShowSecretAsync(await ReadAsync<ApiWebhookEndpoint>(answer, cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "as JSON" };
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var command = new Command("list", "Lists the endpoints, never their secrets.") { json, data, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using HttpClient http = JobAccess.Service(parsed.GetValue(data), parsed.GetValue(url));
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"{Endpoints}?limit=100", UriKind.Relative), cancellationToken);
            IReadOnlyList<ApiWebhookEndpoint> all = (await ReadAsync<VideoList<ApiWebhookEndpoint>>(answer, cancellationToken)).Data;
            if (parsed.GetValue(json)) Console.WriteLine(JsonSerializer.Serialize(all, Indented));
            else foreach (ApiWebhookEndpoint endpoint in all) Console.WriteLine(Line(endpoint));
            if (all.Count == 0 && !parsed.GetValue(json)) Console.WriteLine("no webhook endpoints");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Delete()
    {
        Argument<string> id = Id();
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var command = new Command("delete", "Removes an endpoint with its deliveries.") { id, data, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using HttpClient http = JobAccess.Service(parsed.GetValue(data), parsed.GetValue(url));
            using HttpResponseMessage answer = await http.DeleteAsync(
                new Uri(Of(parsed.GetRequiredValue(id)), UriKind.Relative), cancellationToken);
            _ = await ReadAsync<JsonElement>(answer, cancellationToken);
            Console.WriteLine($"{PrintableText.Of(parsed.GetRequiredValue(id))}: deleted");
            return ExitCode.Done;
        });
        return command;
    }

    private static Command Rotate()
    {
        Argument<string> id = Id();
        var keep = new Option<bool>("--keep-old") { Description = "deliveries are signed with the old secret too, for 24 hours" };
        Option<string?> data = JobAccess.Data, url = JobAccess.Url;
        var command = new Command("rotate", "Makes a new secret for an endpoint and shows it, this once.") { id, keep, data, url };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using HttpClient http = JobAccess.Service(parsed.GetValue(data), parsed.GetValue(url));
            using HttpResponseMessage answer = await http.PostAsJsonAsync(
                new Uri($"{Of(parsed.GetRequiredValue(id))}/rotate_secret", UriKind.Relative),
                new ApiWebhookRotation { KeepsOldSecret = parsed.GetValue(keep) }, ApiJson.Options, cancellationToken);
            await ShowSecretAsync(await ReadAsync<ApiWebhookEndpoint>(answer, cancellationToken));
            return ExitCode.Done;
        });
        return command;
    }

    private static Argument<string> Id() => new("ID") { Description = "the endpoint's id, as 'cil webhooks list' shows it" };

    private static string Of(string id) => $"{Endpoints}/{Uri.EscapeDataString(id)}";

    private static string Line(ApiWebhookEndpoint endpoint) =>
        $"{PrintableText.Of(endpoint.Id)} {PrintableText.Of(endpoint.Url)} "
            + $"{string.Join(",", endpoint.EventTypes.Select(PrintableText.Of))}{(endpoint.DisabledAt is null ? "" : ", disabled")}: "
            + $"{PrintableText.Of(endpoint.Name)}";

    private static async Task ShowSecretAsync(ApiWebhookEndpoint endpoint)
    {
        Console.WriteLine(Line(endpoint));
        Console.WriteLine(endpoint.SigningSecret);
        await Console.Error.WriteLineAsync("The secret is shown only now. Receivers check deliveries with it, by Standard Webhooks.");
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
        {
            try
            {
                return (await answer.Content.ReadFromJsonAsync<T>(ApiJson.Options, cancellationToken))!;
            }
            catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException)
            {
                throw new BadInputException(
                    "--url", $"{answer.RequestMessage?.RequestUri}: expected the API of a Cil service, got other content");
            }
        }

        string body = await answer.Content.ReadAsStringAsync(cancellationToken), reason = answer.ReasonPhrase ?? "";
        try
        {
            reason = JsonDocument.Parse(body).RootElement.GetProperty("error").GetProperty("message").GetString() ?? reason;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // Something between us and the service answered.
        }

        throw new CommandFailedException($"{(int)answer.StatusCode}: {PrintableText.Of(reason)}");
    }
}
