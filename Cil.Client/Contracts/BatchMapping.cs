using Cil.Interfaces;
using Cil.Interfaces.Batches;

namespace Cil.Client.Contracts;

/// <summary>Between the grid's messages of batches and the HTTP contracts.</summary>
public static class BatchMapping
{
    public static ApiBatch ToApi(this BatchSnapshot batch) => new()
    {
        Id = batch.Id.Value,
        State = ApiMapping.ToApi(batch.State),
        Tenant = batch.Tenant,
        CreatedAt = batch.CreatedAt,
        Step = batch.Step,
        Steps = batch.Steps,
        Completed = batch.Completed,
        Members = [.. batch.Members.Select(member => new ApiBatchMember
        {
            JobId = member.Job.Value,
            Seed = member.Seed,
            Image = member.Image,
            Job = member.Snapshot?.ToApi(),
            Error = ApiMapping.ToApi(member.Error),
        })],
    };

    public static ApiBatchSummary ToApi(this BatchSummary batch) => new()
    {
        Id = batch.Id.Value,
        State = ApiMapping.ToApi(batch.State),
        Tenant = batch.Tenant,
        CreatedAt = batch.CreatedAt,
        Model = batch.Model,
        Prompt = batch.Prompt,
        Step = batch.Step,
        Steps = batch.Steps,
        Completed = batch.Completed,
        Videos = batch.Videos,
    };

    public static BatchSummary FromApi(this ApiBatchSummary batch) => new()
    {
        Id = new RenderJobId(batch.Id),
        State = ApiMapping.FromApi(batch.State),
        Tenant = batch.Tenant,
        CreatedAt = batch.CreatedAt,
        Model = batch.Model,
        Prompt = batch.Prompt,
        Step = batch.Step,
        Steps = batch.Steps,
        Completed = batch.Completed,
        Videos = batch.Videos,
    };

    public static BatchSnapshot FromApi(this ApiBatch batch) => new()
    {
        Id = new RenderJobId(batch.Id),
        State = ApiMapping.FromApi(batch.State),
        Tenant = batch.Tenant,
        CreatedAt = batch.CreatedAt,
        Step = batch.Step,
        Steps = batch.Steps,
        Members = [.. batch.Members.Select(member => new BatchMember(
            new RenderJobId(member.JobId), member.Seed, member.Image, member.Job?.FromApi(), ApiMapping.FromApi(member.Error)))],
    };
}
