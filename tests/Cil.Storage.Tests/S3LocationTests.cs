namespace Cil.Storage.Tests;

public sealed class S3LocationTests
{
    [Theory]
    [InlineData("s3://cil-jobs", "cil-jobs", null, null)]
    [InlineData("S3://cil-jobs/", "cil-jobs", null, null)]
    [InlineData("s3://cil.jobs?region=eu-central-1", "cil.jobs", null, "eu-central-1")]
    [InlineData("s3://cil?endpoint=http://10.0.0.5:7480", "cil", "http://10.0.0.5:7480/", null)]
    [InlineData("s3://cil?endpoint=https%3A%2F%2Fminio.example%3A9000&region=us-east-1", "cil", "https://minio.example:9000/", "us-east-1")]
    public void Parse_OfAUrl_GivesItsParts(string text, string bucket, string? endpoint, string? region) =>
        Assert.Equal(new S3Location(bucket, endpoint is null ? null : new Uri(endpoint), region), S3Location.Parse(text));

    [Theory]
    [InlineData("s3://", "bucket: ")]
    [InlineData("s3://Jobs", "bucket: ")]
    [InlineData("s3://jobs/folder", "no folder in it")]
    [InlineData("s3://-jobs", "bucket: ")]
    [InlineData("s3://jobs?endpoint=minio:9000", "endpoint: expected http:// or https://HOST:PORT; got 'minio:9000'")]
    [InlineData("s3://jobs?endpoint=http://key:secret@minio:9000", "endpoint: ")]
    [InlineData("s3://jobs?endpoint=http://minio/jobs", "endpoint: ")]
    [InlineData("s3://jobs?region=", "region: ")]
    [InlineData("s3://jobs?prefix=a", "expected endpoint or region; got 'prefix'")]
    [InlineData("s3://jobs?accesskey=a", "AWS_ACCESS_KEY_ID")]
    [InlineData("jobs", "expected s3://BUCKET")]
    public void Parse_OfWhatCannotBe_SaysWhatIsWrong(string text, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => S3Location.Parse(text)).Message, StringComparison.Ordinal);
}
