using System.Net;
using Cil.Client.Contracts;
using Cil.Client.Jobs;
using Cil.Interfaces;
using Cil.Interfaces.Batches;
using Cil.Interfaces.Jobs;

namespace Cil.Client.Http;

public sealed partial class HttpCilClient
{
    /// <inheritdoc/>
    public async Task<BatchReceipt> SubmitBatchAsync(
        BatchRequest request, IReadOnlyList<Upload> images, RenderJobId? id = null, CancellationToken cancellationToken = default)
    {
        if (images.Count > BatchFields.MostImages)
            throw new RequestRefusedException(
                [new RequestError(JobFields.Image, $"at most {BatchFields.MostImages} pictures, got {images.Count}")]);
        var form = new MultipartFormDataContent();
        foreach ((string name, string value) in JobFields.Write(request.Request).Concat(BatchFields.Write(request)))
            form.Add(new StringContent(value), name);
        string batch = (id ?? BatchNames.New()).Value;
        form.Add(new StringContent(batch), JobFields.Id);
        foreach ((string name, Upload image) in BatchFields.Images.Zip(images)) form.Add(new UploadContent(image), name, name);
        HttpRequestMessage message = ApiConnection.Post("api/batches", form, batch);
        message.Headers.ExpectContinue = true;
        using HttpResponseMessage answer = await api.SendAsync(message, cancellationToken);
        ApiBatch accepted = await ApiConnection.ReadAsync<ApiBatch>(answer, cancellationToken)
            ?? throw await ApiErrors.OfAsync(answer, cancellationToken);
        return new BatchReceipt(accepted.FromApi(), answer.StatusCode == HttpStatusCode.Created);
    }

    /// <inheritdoc/>
    public async Task<BatchSnapshot?> GetBatchAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        (await api.GetAsync<ApiBatch>(OfBatch(id), cancellationToken))?.FromApi();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BatchSummary>> ListBatchesAsync(JobQuery query, CancellationToken cancellationToken = default)
    {
        try
        {
            ApiBatchPage page = await api.RequireAsync<ApiBatchPage>($"api/batches{Page(query)}", cancellationToken);
            return [.. page.Batches.Select(batch => batch.FromApi())];
        }
        catch (RequestRefusedException refused)
        {
            throw new ArgumentException(refused.Message, nameof(query), refused);
        }
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<BatchSnapshot> WatchBatchAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        new EventFollower(api).FollowAsync<ApiBatch, BatchSnapshot>(
            () => new HttpRequestMessage(HttpMethod.Get, $"{OfBatch(id)}/events"), batch => batch.FromApi(), batch => batch.IsFinished,
            cancellationToken);

    /// <inheritdoc/>
    public async Task<BatchSnapshot?> CancelBatchAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        (await api.PostAsync<ApiBatch>($"{OfBatch(id)}/cancel", cancellationToken))?.FromApi();

    /// <inheritdoc/>
    public Task<bool> DeleteBatchAsync(RenderJobId id, CancellationToken cancellationToken = default) =>
        DeleteAsync(OfBatch(id), cancellationToken);

    private static string OfBatch(RenderJobId id) => $"api/batches/{id}";
}
