using Cil.Client.Jobs;
using Cil.Storage;

namespace Cil.Api.Videos;

/// <summary>What this face asks of the others.</summary>
internal sealed record VideoServices(
    ICilClient Client, IRequestCheck Check, IBlobStore Blobs, IModelList Models,
    IVideoTools Tools, RecentRequests Recent, IPictureFetcher Fetcher);
