using System.Text;
using Cil.Media.Images;

namespace Cil.Hostile.Tests.Http;

/// <summary>Requests that the service takes, or refuses for one reason: what is changed at random.</summary>
internal static class HttpTargets
{
    private const string Form = "multipart/form-data; boundary=b", Json = "application/json";
    private const string Jobs = "api/jobs", Videos = "v1/videos";

    private static readonly byte[] Picture = PngWriter.Write(new byte[16 * 16 * 3], 16, 16), End = Text("--b--\r\n");

    private static string PictureAddress => $"data:image/png;base64,{Convert.ToBase64String(Picture)}";

    /// <summary>Forms: whole, with every field, and in odd encodings and framings.</summary>
    internal static IReadOnlyList<FormTarget> Forms { get; } =
    [
        Post(Jobs, Form, Parts(("prompt", "a thing"), ("steps", "1"))),
        Post(Jobs, Form, Parts(
            ("prompt", "a thing"), ("negativePrompt", "noise"), ("width", "32"), ("height", "32"),
            ("frames", "4"), ("steps", "2"), ("guidance", "7.5"), ("playbackFps", "8"),
            ("seed", "18446744073709551615"), ("tenant", "studio"), ("priority", "3"),
            ("container", "gif"), ("deadline", "2099-01-31T12:00:00Z"), ("id", "named"))),
        Post(Jobs, "multipart/form-data; boundary=\"b\"; charset=utf-8", Parts(("prompt", "ein Käfer 🐞"))),
        Post(
            Jobs,
            Form,
            [.. Encoding.Latin1.GetBytes("preamble\r\n"), .. Parts(("prompt", "a thing")), .. Encoding.Latin1.GetBytes("\r\nepilogue")]),
        Post(Jobs, Form, Parts("Content-Type: text/plain; charset=utf-16", Encoding.Unicode.GetBytes("a thing"))),
        Post(Jobs, Form, Parts("Content-Type: text/plain; charset=utf-7", "+AGEAIAB0-hing"u8.ToArray())),
        Post(Jobs, Form, Parts("Content-Transfer-Encoding: base64", "YSB0aGluZw=="u8.ToArray())),
        Post(Jobs, Form, Parts("Content-Type: text/plain; charset=latin1", Encoding.Latin1.GetBytes("ein Käfer"))),
        // '/' in more bytes than it needs, a byte order mark, half of a surrogate pair.
        Post(Jobs, Form, Parts("X-Odd: 1", [0xC0, 0xAF, 0xEF, 0xBB, 0xBF, 0xED, 0xA0, 0x80])),
        Post(
            Jobs,
            Form,
            Parts(
                "Content-Type: multipart/mixed; boundary=c",
                "--c\r\nContent-Disposition: file; filename=\"a\"\r\n\r\nx\r\n--c--"u8.ToArray())),
        Post(
            Videos,
            Form,
            [
                .. Part("prompt", "a thing"), .. Part("size", "32x32"), .. Part("seconds", "1"),
                .. Part("num_inference_steps", "1"), .. File("input_reference"), .. End,
            ]),
        Post(
            Videos,
            Form,
            [
                .. Part("prompt", "a thing"),
                .. Part("input_reference[image_url]", PictureAddress), .. End,
            ]),
        Post(
            Videos,
            Form,
            [
                .. Part("prompt", "a thing"), .. Part("extra_params", """{"negative_prompt":"\udc00","seed":1}"""),
                .. File("input_reference"), .. End,
            ]),
        Post($"{Videos}/nobody/remix", Form, [.. Part("prompt", "a thing"), .. End]),
        Post($"{Videos}/extensions", Form, [.. Part("prompt", "a thing"), .. Part("video[id]", "nobody"), .. End]),
    ];

    /// <summary>JSON: whole, nested, and in odd encodings.</summary>
    internal static IReadOnlyList<FormTarget> Jsons { get; } =
    [
        Post("api/statistics", Json, Text("""{"dataset":"clips","model":"tiny","width":32,"height":32,"clips":4,"time":20}""")),
        new FormTarget(
            HttpMethod.Put, "api/tenants/studio/quota", Json,
            Text("""{"waitingJobs":3,"deviceSecondsPerDay":1.5,"storedBytes":4096,"jobWork":1000000}""")),
        Post(
            Videos,
            Json,
            Text(
                """{"prompt":"a thing","size":"32x32","seconds":"1","num_inference_steps":1,"""
                + $$$""" "input_reference":{"image_url":"{{{PictureAddress}}}"}}""")),
        Post(
            Videos,
            Json,
            Text(
                """{"prompt":"a thing","extra_body":{"extra_params":{"seed":7}},"""
                + $$$""" "image_reference":{"image_url":"{{{PictureAddress}}}"}}""")),
        new FormTarget(HttpMethod.Put, "api/jobs/nobody/priority", Json, Text("""{"priority":-100}""")),
        Post($"{Videos}/extensions", Json, Text("""{"prompt":"a thing","video":{"id":"nobody"}}""")),
        Post($"{Videos}/nobody/remix", Json, Text("""{"prompt":"a thing \ud83d\ude00"}""")),
        Post("api/statistics", "application/json; charset=utf-16", Encoding.Unicode.GetBytes("""{"dataset":"clips","model":"tiny"}""")),
        Post(Videos, "application/json; charset=utf-7", Text("""{"prompt":"+AGE-"}""")),
        Post(Videos, Json, [0xEF, 0xBB, 0xBF, .. Text("""{"prompt":"\udc00\u0000"}""")]),
        // Half of a pair of surrogates, in names and texts.
        Post(Videos, Json, Text("""{"prompt":"a thing","\ud800":1,"extra_params":"{\"seed\":\"\\udfff\"}"}""")),
        Post("api/statistics", Json, Text("""{"dataset":"\udc00","model":"\ud800"}""")),
        Post("api/statistics", Json, Text("""{"\udc00":1,"\udc00":2}""")),
        Post(Videos, Json, Text(string.Concat(Enumerable.Repeat("""{"extra_body":""", 40)) + "1" + new string('}', 40))),
        new FormTarget(HttpMethod.Put, "api/tenants/studio/quota", "text/json", Text("""{"storedBytes":1e400,"jobWork":-0.0}""")),
    ];

    /// <summary>Whole requests as they go over the wire: every method and address, with the headers that are read.</summary>
    internal static IReadOnlyList<byte[]> Requests { get; } =
    [
        .. ((string[])
        [
            "GET /api/jobs?tenant=default&limit=5&order=asc HTTP/1.1", "HEAD /api/jobs/nobody HTTP/1.1",
            "GET /api/jobs/nobody/video HTTP/1.1\r\nRange: bytes=0-99,-5\r\nIf-None-Match: \"a\"\r\nIf-Range: Wed, 21 Oct 2015 "
                + "07:28:00 GMT",
            "GET /api/jobs/nobody/events HTTP/1.1\r\nAccept: text/event-stream\r\nLast-Event-ID: 7",
            "DELETE /api/jobs/nobody HTTP/1.1", "GET /api/queue HTTP/1.1\r\nAuthorization: Bearer cil_abcdef_0123456789",
            "POST /api/queue/unpause?tenant=studio HTTP/1.1\r\nOrigin: http://127.0.0.1\r\nContent-Length: 0",
            "GET /v1/videos?limit=3&after=nobody HTTP/1.1\r\nx-stainless-retry-count: 1",
            "GET /v1/models HTTP/1.1\r\nAccept-Encoding: gzip, br;q=1.0",
            "GET /openapi.json HTTP/1.1\r\nCookie: cil=a; b=c",
            "GET /health/ready HTTP/1.1\r\nExpect: 100-continue\r\nX-Forwarded-For: 127.0.0.1\r\nForwarded: for=127.0.0.1",
            "GET /api/tenants/studio HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade",
            "OPTIONS * HTTP/1.1", "TRACE /api/jobs HTTP/1.1\r\nMax-Forwards: 0", "GET /api/statistics/nobody HTTP/1.0",
        ]).Select(head => Text($"{head}\r\nHost: 127.0.0.1\r\n\r\n")),
        Whole("POST /api/jobs HTTP/1.1", Form, Parts(("prompt", "a thing"), ("steps", "1")), "Idempotency-Key: one"),
        Whole("POST /api/statistics HTTP/1.1", Json, Text("""{"dataset":"clips","model":"tiny"}"""), "Content-Encoding: gzip"),
        Text(
            "POST /v1/videos HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "10\r\n{\"prompt\":\"a th\"\r\n1\r\n}\r\n0\r\n\r\n"),
        Text(
            "POST /api/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: "
                + "4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n--b-\r\n0\r\n\r\n"),
    ];

    private static FormTarget Post(string path, string type, byte[] body) => new(HttpMethod.Post, path, type, body);

    private static byte[] Parts(params (string Name, string Value)[] fields) =>
        [.. fields.SelectMany(field => Part(field.Name, field.Value)), .. File("image"), .. End];

    private static byte[] Parts(
        string header,
        byte[] prompt) =>
        [
            .. Text($"--b\r\nContent-Disposition: form-data; name=\"prompt\"\r\n{header}\r\n\r\n"),
            .. prompt, .. Text("\r\n"), .. File("image"), .. End,
        ];

    private static byte[] Part(string name, string value) =>
        Text($"--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");

    private static byte[] File(
        string name) =>
        [
            .. Text(
                $"--b\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"../../a.png\"; "
                    + $"filename*=UTF-8''%2e%2e%2fa.png\r\nContent-Type: image/png\r\n\r\n"),
            .. Picture,
            .. Text("\r\n"),
        ];

    private static byte[] Whole(string line, string type, byte[] body, string header) =>
        [.. Text($"{line}\r\nHost: 127.0.0.1\r\n{header}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
