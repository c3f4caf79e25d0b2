using System.Diagnostics;
using System.IO.Abstractions.TestingHelpers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Outsource.Build.Tools.TestSuite;
using Outsource.Foundation.Errors;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Settings.Keys;

/// <summary>The dialect of docs/domain.md §4. Python's own configparser is the judge where it is at hand.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
public sealed class XenonConfigFileTests
{
    private const string Path = "/home/op/.xenon_config";

    private static readonly Dictionary<string, string> Variables = new()
    {
        ["USER"] = "op",
        ["EMPTY"] = "",
        ["NESTED"] = "$USER",
        ["A_1"] = "one",
    };

    private static readonly (string Text, string Key, string Value)[] Table =
    [
        ("[S]\nk = v", "k", "v"),
        ("[S]\nk: v", "k", "v"),
        ("[S]\nk=v", "k", "v"),
        ("[S]\nk  =   v   ", "k", "v"),
        ("[S]\nK = V", "k", "V"),
        ("[S]\nurl = http://host:5000/a=b", "url", "http://host:5000/a=b"),
        ("[S]\nurl: http://host:5000", "url", "http://host:5000"),
        ("[S]\na=b:c", "a", "b:c"),
        ("[S]\na:b=c", "a", "b=c"),
        ("[S]\nk =", "k", ""),
        ("[S]\nk = 60000   # MB", "k", "60000   # MB"),
        ("[S]\nk = a ; b", "k", "a ; b"),
        ("[S]\n# c\n; c\n   # indented comment\nk = v\n", "k", "v"),
        ("[S]\nk = a,\n  b,\n\tc", "k", "a,\nb,\nc"),
        ("[S]\nk =\n  a\n  b", "k", "\na\nb"),
        ("[S]\nk = a\n  # comment inside\n  b", "k", "a\nb"),
        ("[S]\nk = a\n\n  b\n\n\n", "k", "a\n\nb"),
        ("[S]\nk = a\n\n# comment\n  b", "k", "a\n\nb"),
        ("[S]\n  k = a\n  l = b", "l", "b"),
        ("[S]\n  k = a\n    l = b", "k", "a\nl = b"),
        ("[S]\n  k = a\nl = b", "l", "b"),
        ("[S]\nk = a\n  [T]\n", "k", "a\n[T]"),
        ("[DEFAULT]\nk = d\n[S]\n", "k", "d"),
        ("[DEFAULT]\nk = d\n[S]\nk = s", "k", "s"),
        ("[S]\nx = 1\n[DEFAULT]\nk = d\n", "k", "d"),
        ("[DEFAULT]\na = 1\n[S]\nx = 1\n[DEFAULT]\nk = d\n", "k", "d"),
        ("[S]  # trailing\nk = v", "k", "v"),
        ("[S]\nk = /scratch/$USER/x", "k", "/scratch/op/x"),
        ("[S]\nk = ${USER}y", "k", "opy"),
        ("[S]\nk = $USERy ${NOPE} $", "k", "$USERy ${NOPE} $"),
        ("[S]\nk = $NESTED", "k", "$USER"),
        ("[S]\nk = [$EMPTY] ${} $$USER $A_1", "k", "[] ${} $op one"),
        ("[S]\nk = 100% %(x)s %%", "k", "100% %(x)s %%"),
        ("[S]\r\nk = a\r\n  b\r\n", "k", "a\nb"),
        ("[S]\rk = a\rl = b", "l", "b"),
        ("[S]\nk = \u00e4\u00f6 \u2028 x", "k", "\u00e4\u00f6 \u2028 x"),
        ("[S]\nk =\u00a0v\u00a0", "k", "v"),
        ("[S]\nk = v\u001f\u001c", "k", "v"),
        ("[S]\n[k = v", "[k", "v"),
        ("[S]\na b = c", "a b", "c"),
        ("[S]\nk = a\n[T]\n  k = b", "k", "a"),
        ("[S]\nk = \"quoted\"", "k", "\"quoted\""),
    ];

    private static IEnumerable<TestCaseData> Cases =>
        Table.Select((c, i) => new TestCaseData(c.Text, c.Key, c.Value).SetArgDisplayNames($"{i}: {c.Text.ReplaceLineEndings("⏎")}"));

    [TestCaseSource(nameof(Cases))]
    public void Should_read(string text, string key, string value)
    {
        var file = Read(text);
        Assert.That(file.Faults, Is.Empty);
        Assert.That(file.Find("S", key)?.Text, Is.EqualTo(value));
    }

    [TestCase("k = v\n[S]\n", "1: text before the first section: put a line like [Outsource] above it.")]
    [TestCase("[S]\nk = 1\n\nK: 2\n", "4: 'k' is defined twice in section [S], first in line 2: keep one.")]
    [TestCase("[S]\n[T]\n[S]\n", "3: section [S] is defined twice, first in line 1: merge the keys of both.")]
    [TestCase(
        "[S]\nhunter2\n",
        "2: neither a [section] nor a 'key = value' in section [S]: write 'key =' for an empty value, and indent a line that "
            + "continues the one above."
    )]
    [TestCase("[S]\n= hunter2\n", "2: a value without a key in section [S]: write 'key = value'.")]
    [TestCase(
        "[S]\n[]\n",
        "2: neither a [section] nor a 'key = value' in section [S]: write 'key =' for an empty value, and indent a line that "
            + "continues the one above."
    )]
    public void Should_refuse_what_python_refuses(string text, string fault)
    {
        Assert.That(Read(text).Faults.Select(f => f.ToString()), Is.EqualTo(new[] { $"{Path}:{fault}" }));
    }

    [Test]
    public void Should_report_all_faults_with_their_lines()
    {
        var faults = Read("early\n[S]\na = 1\na = 2\nnothing\n[S]\n: x\n").Faults;
        Assert.That(faults.Select(f => f.Line), Is.EqualTo(new[] { 1, 4, 5, 6, 7 }));
    }

    [Test]
    public void Should_know_the_lines_of_a_value()
    {
        var value = Read("# head\n[S]\n\nk = a,\n  b,\n  # no\n  c\n\nl = 1\n").Find("S", "k")!;
        Assert.That((value.Line, value.LastLine), Is.EqualTo((4, 7)));
    }

    [Test]
    public void Should_keep_the_case_of_sections()
    {
        var file = Read("[outsource]\nk = v\n[Outsource]\nk = w\n");
        Assert.That(file.Find("Outsource", "k")!.Text, Is.EqualTo("w"));
        Assert.That(file.Sections, Is.EqualTo(new[] { "outsource", "Outsource" }));
    }

    [Test]
    public void Should_skip_a_byte_order_mark()
    {
        var file = Read("\uFEFF[S]\nk = v\n");
        Assert.That(file.HasByteOrderMark, Is.True);
        Assert.That(file.Find("S", "k")!.Text, Is.EqualTo("v"));
    }

    [Test]
    public void Should_say_so_if_the_file_is_no_text()
    {
        Assert.That(
            MessageOf([0x7f, 0x45, 0x4c, 0x46, 0]),
            Is.EqualTo($"{Path}: this is not a text file: it contains zero bytes. Pass a .xenon_config with --config=FILE.")
        );
        Assert.That(
            MessageOf([.. "[S]\nk = "u8, 0xe9, .. "\n"u8]),
            Is.EqualTo($"{Path}:2: this is not UTF-8 text. Save it as UTF-8, or pass another .xenon_config with --config=FILE.")
        );
    }

    [Test]
    public void Should_agree_with_python_on_the_table()
    {
        Agree([.. Table.Select(c => c.Text)]);
    }

    [Test]
    public void Should_agree_with_python_on_whatever_can_be_put_together()
    {
        var line = Gen.OneOf(
            "[S]",
            "[T]",
            "[DEFAULT]",
            "[S] x",
            "[]",
            "k = v",
            "K: w",
            "l=",
            "  m = 1",
            "    deep",
            "\tt",
            "",
            "   ",
            "# c",
            "  ; c",
            "n = a # b",
            "$USER = ${A_1}",
            "x = $NESTED%",
            "bare",
            "= v",
            "o = [x]",
            "\u00a0p = q",
            "  [U]",
            "\u001c",
            "z = \u0085y"
        );
        var end = Gen.OneOf("\n", "\n", "\n", "\r\n", "\r");
        var texts = new List<string>();
        Gen.Select(line, end, (l, e) => l + e)
            .Array[1, 12]
            .Select(lines => "[S]\n" + string.Concat(lines))
            .Sample(
                text =>
                {
                    lock (texts)
                    {
                        texts.Add(text);
                    }
                },
                seed: "0000KOIPe036",
                iter: 3000,
                threads: 1
            );
        Agree(texts);
    }

    private static void Agree(IReadOnlyList<string> texts)
    {
        var python = Python(texts);
        Assert.Multiple(() =>
        {
            for (var i = 0; i < texts.Count; i++)
            {
                var file = Read(texts[i]);
                var ours =
                    file.Faults.Count > 0
                        ? "error"
                        : JsonSerializer.Serialize(
                            file.Sections.Order(StringComparer.Ordinal)
                                .ToDictionary(
                                    s => s,
                                    s => new SortedDictionary<string, string>(
                                        Keys(texts[i])
                                            .Where(k => file.Find(s, k) is not null)
                                            .ToDictionary(k => k, k => file.Find(s, k)!.Text),
                                        StringComparer.Ordinal
                                    )
                                )
                        );
                var theirs =
                    python[i].ValueKind == JsonValueKind.Null
                        ? "error"
                        : JsonSerializer.Serialize(
                            python[i]
                                .EnumerateObject()
                                .OrderBy(s => s.Name, StringComparer.Ordinal)
                                .ToDictionary(
                                    s => s.Name,
                                    s => new SortedDictionary<string, string>(
                                        s.Value.EnumerateObject().ToDictionary(k => k.Name, k => k.Value.GetString()!),
                                        StringComparer.Ordinal
                                    )
                                )
                        );
                Assert.That(ours, Is.EqualTo(theirs), JsonSerializer.Serialize(texts[i]));
            }
        });
    }

    /// <summary>Every text before a delimiter may be a key; asking for one that is none does no harm.</summary>
    private static IEnumerable<string> Keys(string text) =>
        text.Split('\n', '\r')
            .Where(l => l.IndexOfAny(['=', ':']) > 0)
            .Select(l => l[..l.IndexOfAny(['=', ':'])].Trim().Trim('\u001c').ToLowerInvariant())
            .Distinct();

    private static JsonElement[] Python(IReadOnlyList<string> texts)
    {
        const string Program = """
            import configparser, io, json, os, sys
            class Expanding(configparser.Interpolation):
                def before_get(self, parser, section, option, value, defaults):
                    return os.path.expandvars(value)
            def read(text):
                parser = configparser.ConfigParser(interpolation=Expanding())
                try:
                    parser.read_file(io.StringIO(text, newline=None))
                except configparser.Error:
                    return None
                return {s: {k: parser.get(s, k) for k in parser[s]} for s in parser.sections()}
            print(json.dumps([read(text) for text in json.load(sys.stdin)]))
            """;
        var start = new ProcessStartInfo("python3", ["-c", Program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("python3 is not on PATH: its configparser cannot be asked.");
            throw;
        }

        using (process)
        {
            process.StandardInput.Write(JsonSerializer.Serialize(texts));
            process.StandardInput.Close();
            var (exitCode, answer) = process.FinishWithOutput();
            Assert.That(exitCode, Is.Zero);
            return [.. JsonDocument.Parse(answer).RootElement.EnumerateArray()];
        }
    }

    private static XenonConfigFile Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static XenonConfigFile Read(byte[] bytes)
    {
        var disk = new MockFileSystem();
        disk.AddFile(Path, new MockFileData(bytes));
        return XenonConfigFile.Read(disk, Path, name => Variables.GetValueOrDefault(name));
    }

    private static string MessageOf(byte[] bytes) => Assert.Throws<UsageException>(() => Read(bytes))!.Message;
}
