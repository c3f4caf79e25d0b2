using System.Text;
using System.Text.Json;
using CsCheck;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;

namespace Outsource.Tests.Foundation.Files;

/// <summary>What a file or an answer holds is cut into documents, and one that is no JSON costs itself.</summary>
public sealed class DocumentCutterTests
{
    private const string One = """{"number": 1, "mode": "a", "detectors": ["tpc"]}""",
        Two = """{"number": 2, "mode": "b", "detectors": ["tpc"]}""";

    private const string Indented =
        "{\n  \"number\": 3,\n  \"mode\": \"c\",\n  \"detectors\": [\n    \"tpc\"\n  ],\n  \"tags\": [\n    {\n      \"name\": "
        + "\"t\"\n    }\n  ]\n}";

    private static readonly string Deep = $"{{\"number\": 9, \"x\": {new string('[', 5000)}{new string(']', 5000)}}}";

    [TestCase($"{One}\n{Two}\n", "1 2", TestName = "Should_read_a_document_a_line")]
    [TestCase($"{One}{Two}", "1 2", TestName = "Should_read_documents_without_anything_between")]
    [TestCase($"{One},\n{Two}", "1 2", TestName = "Should_read_documents_with_commas_between")]
    [TestCase($"{One}\r\n\r\n  {Two}\r\n", "1 2", TestName = "Should_read_lines_of_windows")]
    [TestCase($"\uFEFF{One}\n{Two}", "1 2", TestName = "Should_skip_a_byte_order_mark")]
    [TestCase($"{Indented}\n{Indented}", "3 3", TestName = "Should_read_indented_documents")]
    [TestCase($"{Indented}", "3", TestName = "Should_read_one_indented_document")]
    [TestCase($"{One}\n{Indented}\n{Two}", "1 3 2", TestName = "Should_read_lines_and_indented_documents")]
    [TestCase($"[{One}, {Two}]", "1 2", TestName = "Should_read_a_list")]
    [TestCase($"[\n{Indented},\n{Indented}\n]\n", "3 3", TestName = "Should_read_an_indented_list")]
    [TestCase($$"""{"results": [{{One}}, {{Two}}]}""", "1 2", TestName = "Should_read_a_saved_answer")]
    [TestCase(
        $$$"""{"status": {"a": [1, "]"]}, "results": [{{{One}}}, {{{Two}}}], "more": {"x": "}"} }""",
        "1 2",
        TestName = "Should_read_a_saved_answer_with_more_in_it"
    )]
    [TestCase($$"""{"results": {{One}} }""", "1", TestName = "Should_read_a_saved_document")]
    [TestCase(
        $"{{\n \"results\":\n [ {One} ]\n}}\n{{\"results\": {Two}}}\n",
        "1 2",
        TestName = "Should_read_saved_answers_one_after_another"
    )]
    [TestCase("""{"results": []}""", "", TestName = "Should_read_a_saved_answer_without_runs")]
    [TestCase(
        $$"""{"number": 4, "mode": "\\\"}{[", "results": 1, "detectors": "tpc"}""" + "\n" + One,
        "4 1",
        TestName = "Should_not_take_quoted_brackets_for_brackets"
    )]
    [TestCase(
        $$"""[{"number": 1, "x": NaN}, {"x": -Infinity, "number": 2, "y": [Infinity, "NaN"]}, {{One}}]""",
        "1 2 1",
        TestName = "Should_read_on_behind_numbers_of_Python_in_a_list"
    )]
    [TestCase(
        "{\"number\": 1, \"x\": NaN}\n{\"number\": 2, \"y\": Infinity}\n",
        "1 2",
        TestName = "Should_read_on_behind_numbers_of_Python_in_lines"
    )]
    [TestCase($$"""[{"number": 1, "x": oops}, {{Two}}]""", "? 2", TestName = "Should_read_on_behind_what_is_no_json_in_a_list")]
    [TestCase($$"""[{"number": 1, "x": [1}, {{Two}}]""", "? 2", TestName = "Should_read_on_behind_a_bracket_that_is_not_closed_in_a_list")]
    [TestCase($$"""[7, null, "x,]", [1, 2], {{Two}}]""", "? ? ? ? 2", TestName = "Should_tell_what_is_no_document_in_a_list")]
    [TestCase(
        $"{One}\n{{\"number\": 5, \"mode\": \"a\n[\"x\"]\nnothing\n{Two}\n",
        "1 ? ? ? 2",
        TestName = "Should_read_on_behind_a_torn_line"
    )]
    [TestCase($"{{\"number\": 5, \"mode\": \"a\n{Two}\n{One}\n", "? 2 1", TestName = "Should_read_on_behind_a_torn_first_line")]
    [TestCase($"{{\"number\": 5, \"data\": [{{\"a\": 1\n{Two}\n{One}\n", "? 2 1", TestName = "Should_read_on_behind_an_open_first_line")]
    [TestCase($"{One}\n{{\"number\": 2, \"mo", "1 ?", TestName = "Should_tell_a_torn_last_line")]
    [TestCase($"{One}\n{One} garbage\n{Two}", "1 1 ? 2", TestName = "Should_tell_what_follows_a_document_on_its_line")]
    public void Should_cut(string text, string numbers)
    {
        foreach (var step in new[] { 1, 7, 1 << 16 })
        {
            Assert.That(Read(text, step), Is.EqualTo(numbers), $"read {step} bytes at a time");
        }
    }

    [Test]
    public void Should_cost_only_itself_if_a_document_is_nested_too_deep()
    {
        Assert.That(Read($"[{One}, {Deep}, {Two}]", 1 << 16), Is.EqualTo("1 ? 2"));
        Assert.That(Read($"{One}\n{Deep}\n{Two}\n", 1 << 16), Is.EqualTo("1 ? 2"));
        Assert.That(Read($"{{\"results\": [{One}, {Deep}, {Two}]}}", 1 << 16), Is.EqualTo("1 ? 2"));
    }

    [Test]
    public void Should_hold_no_more_than_a_document_of_an_endless_list()
    {
        var blanks = new string(' ', 1 << 20);
        var stream = new Steps(Encoding.UTF8.GetBytes($"[{One},{blanks}{blanks}{blanks}{Two}]"), 1 << 16);
        var cutter = DocumentCutter.OfFile(why => new UsageException(why));
        var most = 0;
        while (!cutter.Ended)
        {
            while (cutter.TryNext(out _)) { }

            var space = cutter.Space();
            most = Math.Max(most, space.Length);
            cutter.Filled(stream.Read(space.Span));
        }

        Assert.That(most, Is.LessThanOrEqualTo(1 << 20), "the buffer has not grown");
    }

    [Test]
    public void Should_refuse_a_document_that_is_larger_than_any()
    {
        var cutter = DocumentCutter.OfFile(why => new UsageException(why));
        var first = true;
        var error = Assert.Throws<UsageException>(() =>
        {
            while (!cutter.TryNext(out _))
            {
                var space = cutter.Space();
                space.Span.Fill((byte)'x');
                if (first)
                {
                    "[{\"a\": \""u8.CopyTo(space.Span);
                    first = false;
                }

                cutter.Filled(space.Length);
            }
        })!;

        Assert.That(error.Message, Is.EqualTo("a document is larger than 64 MB"));
    }

    [Test]
    public void Should_find_every_document_again_whatever_is_in_it() =>
        Gen
            .String.Array[0, 5]
            .Array[1, 5]
            .Sample(
                documents =>
                {
                    var lines = documents
                        .Select(
                            (strings, i) =>
                                JsonSerializer.Serialize(
                                    new
                                    {
                                        number = i,
                                        mode = string.Concat(strings),
                                        x = new { strings },
                                        detectors = strings,
                                    }
                                )
                        )
                        .ToArray();
                    var expected = string.Join(' ', Enumerable.Range(0, documents.Length));
                    string Numbers(string text, int step) =>
                        string.Join(
                            ' ',
                            Documents(text, step).Select(d => JsonDocument.Parse(d).RootElement.GetProperty("number").GetInt32())
                        );
                    return Numbers(string.Join('\n', lines), 3) == expected
                        && Numbers($"[{string.Join(", ", lines)}]", 5) == expected
                        && Numbers($$"""{"results": [{{string.Join(',', lines)}}]}""", 11) == expected;
                },
                iter: 300
            );

    /// <summary>
    /// The numbers of the documents, <c>?</c> where there is none, and behind one that has a fault though it has a number.
    /// </summary>
    private static string Read(string text, int step)
    {
        var reader = new RunDocumentReader();
        return string.Join(
            ' ',
            Documents(text, step)
                .Select(d => reader.Read(d, "somewhere"))
                .Select(r => r.Number is { } n ? n + (r.Fault?.Reason == Reason.NotJson ? "?" : "") : "?")
        );
    }

    private static List<byte[]> Documents(string text, int step)
    {
        var stream = new Steps(Encoding.UTF8.GetBytes(text), step);
        var cutter = DocumentCutter.OfFile(why => new UsageException(why));
        var documents = new List<byte[]>();
        while (true)
        {
            while (cutter.TryNext(out var piece))
            {
                documents.Add(piece.Json.ToArray());
            }

            if (cutter.Ended)
            {
                return documents;
            }

            cutter.Filled(stream.Read(cutter.Space().Span));
        }
    }

    /// <summary>Gives no more than so many bytes at a time.</summary>
    private sealed class Steps(byte[] bytes, int most)
    {
        private int _at;

        public int Read(Span<byte> buffer)
        {
            var read = Math.Min(Math.Min(most, buffer.Length), bytes.Length - _at);
            bytes.AsSpan(_at, read).CopyTo(buffer);
            _at += read;
            return read;
        }
    }
}
