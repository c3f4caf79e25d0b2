using System.Collections.Immutable;
using System.IO.Abstractions.TestingHelpers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Machine;
using Outsource.Foundation.Text;
using Outsource.Services.Contexts;
using Outsource.Tests.Build;
using Outsource.Tests.Model.Levels;

namespace Outsource.Tests.Services.Contexts;

[TestFixture]
internal sealed class ContextDescriptionsTests
{
    private const string Cache = "/work/contexts/xenonnt_offline-global_v16-2025.07.1.json";

    private static readonly DescriptionRequest Request = new("xenonnt_offline", "global_v16", "2025.07.1", "/work");

    private MockFileSystem _disk = new();
    private readonly Python _python = new();
    private string _prefix = "/env";

    [SetUp]
    public void MakeHost()
    {
        _disk = new MockFileSystem();
        _disk.AddFile("/env/bin/python3", new MockFileData(""));
        _disk.AddFile(
            "/data/tables/tree-4.0.0.json",
            new MockFileData(File.ReadAllText(Path.Combine(Checkout.Root, "tasks", "tables", "tree-4.0.0.json")))
        );
        _prefix = "/env";
        _python.Calls = 0;
        _python.Answer = new ProgramResult(0, Today.Text, "");
    }

    [Test]
    public async Task Should_ask_the_environment_once_and_keep_the_answer()
    {
        var made = await FindAsync(Request);
        var again = await FindAsync(Request);

        Assert.That((made.Origin, again.Origin), Is.EqualTo(("the environment (/env/bin/python3)", Cache)));
        Assert.That((again.Digest, _python.Calls), Is.EqualTo((made.Digest, 1)));

        _ = await FindAsync(Request with { Refresh = true });

        Assert.That(_python.Calls, Is.EqualTo(2));
    }

    [Test]
    public async Task Should_keep_one_of_the_same_release_for_another_system()
    {
        _ = await FindAsync(Request with { Tag = "el9.2025.07.1" });
        _ = await FindAsync(Request with { Tag = "el9.2025.07.1" });

        Assert.That(_python.Calls, Is.EqualTo(1));
    }

    [Test]
    public async Task Should_keep_nothing_if_the_environment_has_another_release()
    {
        _ = await FindAsync(Request with { Tag = "2025.11.1" });

        Assert.That(_disk.Directory.Exists("/work/contexts"), Is.False);
    }

    [TestCase("{")]
    [TestCase("CHANGED")]
    public async Task Should_make_a_kept_one_again_if_it_is_damaged(string text)
    {
        var changed = Today.Text.Replace("hcbk2nr2fc", "hcbk2nr2fd", StringComparison.Ordinal);
        _disk.AddFile(Cache, new MockFileData(text == "CHANGED" ? changed : text));

        Assert.That((await FindAsync(Request)).Origin, Is.EqualTo("the environment (/env/bin/python3)"));
    }

    [Test]
    public async Task Should_take_the_file_that_is_named()
    {
        _disk.AddFile("/two.json", new MockFileData($"[{{\"name\": \"xenonnt_v14\", \"hashes\": {{}}}}, {Today.Text}]"));

        var found = await FindAsync(Request with { File = "/two.json" });

        Assert.That((found.Origin, _python.Calls), Is.EqualTo(("/two.json", 0)));
    }

    [Test]
    public async Task Should_take_the_one_of_json_lines_with_documents_of_either_schema()
    {
        var described = JsonNode.Parse(Today.Text)!.ToJsonString();
        _disk.AddFile("/two.jsonl", new MockFileData($"{{\"name\": \"xenonnt_v14\", \"x\": NaN}}\n{described}\n"));

        var found = await FindAsync(Request with { File = "/two.jsonl" });

        Assert.That((found.Origin, found.Digest), Is.EqualTo(("/two.jsonl", Today.Description.Digest)));
    }

    [Test]
    public void Should_name_the_line_of_a_changed_description()
    {
        var changed = JsonNode.Parse(Today.Text)!.ToJsonString().Replace("hcbk2nr2fc", "hcbk2nr2fd", StringComparison.Ordinal);
        _disk.AddFile("/two.jsonl", new MockFileData($"{{\"name\": \"xenonnt_v14\"}}\n{changed}\n"));

        var error = Assert.ThrowsAsync<UsageException>(() => FindAsync(Request with { File = "/two.jsonl" }));

        Assert.That(error!.Message, Does.StartWith("/two.jsonl:2: ").And.Contain("does not fit its sha256"));
    }

    [TestCase(null, false, TestName = "Should_use_a_kept_one_if_the_environment_cannot_be_seen")]
    [TestCase("4.0.0", false, TestName = "Should_use_a_kept_one_if_the_environment_has_its_straxen")]
    [TestCase("4.0.1", true, TestName = "Should_not_use_a_kept_one_if_the_environment_has_another_straxen")]
    public async Task Should_compare_a_kept_one_with_cvmfs(string? installed, bool isMadeAgain)
    {
        _ = await FindAsync(Request);
        var environment = "/cvmfs/xenon.opensciencegrid.org/releases/nT/2025.07.1/anaconda/envs/XENONnT_2025.07.1";
        if (installed is not null)
        {
            _disk.AddDirectory($"{environment}/lib/python3.11/site-packages/straxen-{installed}.dist-info");
        }

        var found = await FindAsync(Request);

        Assert.That(_python.Calls, Is.EqualTo(isMadeAgain ? 2 : 1));
        Assert.That(
            found.Remarks.Except(Today.Description.Remarks),
            Is.EqualTo(
                isMadeAgain
                    ? new[]
                    {
                        $"the description in {Cache} is not used: it is of straxen 4.0.0, and {environment} has straxen {installed}.",
                    }
                    : []
            )
        );
    }

    [TestCase("/opt/XENONnT_2025.07.1", 2)]
    [TestCase("/opt/XENONnT_el9.2025.07.1", 2)]
    [TestCase("/opt/XENONnT_2025.07.10", 1)]
    [TestCase("/opt/mine", 1)]
    public async Task Should_compare_a_kept_one_with_the_active_environment_of_its_release(string prefix, int calls)
    {
        _prefix = prefix;
        _disk.AddFile($"{prefix}/bin/python3", new MockFileData(""));
        _disk.AddDirectory($"{prefix}/lib/python3.12/site-packages/straxen-3.9.9.dist-info");

        _ = await FindAsync(Request);
        _ = await FindAsync(Request);

        Assert.That(_python.Calls, Is.EqualTo(calls));
    }

    [Test]
    public void Should_say_why_a_kept_one_is_not_used_if_none_can_be_made()
    {
        _disk.AddFile(Cache, new MockFileData(Today.Text));
        _prefix = "/opt/XENONnT_2025.07.1";
        _disk.AddDirectory($"{_prefix}/lib/python3.12/site-packages/straxen-3.9.9.dist-info");

        var error = Assert.ThrowsAsync<UsageException>(() => FindAsync(Request));

        Assert.That(
            error!.Message,
            Does.Contain($"the description in {Cache} is not used: it is of straxen 4.0.0, and {_prefix} has straxen 3.9.9; ")
                .And.Contain("there is no python3")
        );
    }

    [Test]
    public void Should_say_what_a_file_has_if_it_lacks_the_context()
    {
        _disk.AddFile("/one.json", new MockFileData(Today.Text));

        var error = Assert.ThrowsAsync<UsageException>(() => FindAsync(Request with { File = "/one.json", XedocsVersion = "global_v15" }));

        Assert.That(
            error!.Message,
            Does.Contain("there is no description of context 'xenonnt_offline' with xedocs_version 'global_v15'")
                .And.Contain("It has: xenonnt_offline (global_v16).")
        );
    }

    [Test]
    public async Task Should_fall_back_on_the_built_in_tree_if_that_release_is_asked_for()
    {
        _python.Answer = new ProgramResult(20, "", "noise\ncutax cannot be imported by /env/bin/python3: ModuleNotFoundError.\n");

        var found = await FindAsync(Request with { StraxenVersion = "4.1.2" });

        Assert.That((found.Assumed, found.Tree["peaklets"].Hash), Is.EqualTo((true, (string?)null)));
        Assert.That(
            found.Remarks.Single(),
            Is.EqualTo(
                "the tree is that of straxen 4.0.0, because there is no description of context 'xenonnt_offline' with xedocs_version "
                    + "'global_v16': the environment (/env/bin/python3): cutax cannot be imported by /env/bin/python3: ModuleNotFoundError"
            )
        );
    }

    [TestCase(null)]
    [TestCase("3.1.2")]
    public void Should_say_how_to_make_one_if_no_tree_fits(string? straxen)
    {
        _python.Answer = new ProgramResult(20, "", "no cutax.");

        var error = Assert.ThrowsAsync<UsageException>(() => FindAsync(Request with { StraxenVersion = straxen }));

        Assert.That(
            error!.Message,
            Does.Contain("no cutax.")
                .And.Contain(
                    "(python3 -s payload/context_description.py --context xenonnt_offline --xedocs-version global_v16 --out FILE)"
                )
                .And.Contain("--context-file=FILE")
        );
    }

    [Test]
    public async Task Should_take_the_one_of_the_release_and_the_switches_if_a_file_has_several()
    {
        var other = Changed(d => d["tag"] = "2025.01.1");
        var shadows = Changed(d => d["switches"]!["save_peak_correlation"] = true);
        _disk.AddFile("/three.json", new MockFileData($"[{other}, {shadows}, {Today.Text}]"));
        var request = Request with { File = "/three.json" };

        var (own, first, switched) = (
            await FindAsync(request),
            await FindAsync(request with { Tag = "el9.2025.01.1" }),
            await FindAsync(request with { SavesPeakCorrelation = true })
        );

        Assert.That((own.Tag, own.SavesPeakCorrelation), Is.EqualTo(("2025.07.1", false)));
        Assert.That((first.Tag, switched.SavesPeakCorrelation), Is.EqualTo(("2025.01.1", true)));
    }

    [Test]
    public void Should_refuse_a_file_with_half_a_character()
    {
        var text = Today.Text.Replace("\"xenonnt_offline\"", "\"xenonnt_\\ud800\"", StringComparison.Ordinal);
        _disk.AddFile("/half.json", new MockFileData(text));

        var error = Assert.ThrowsAsync<UsageException>(() => FindAsync(Request with { File = "/half.json" }));

        Assert.That(error!.Message, Does.Contain("/half.json").And.Contain("this is not JSON"));
    }

    [Test]
    public void Should_keep_one_for_each_simulation()
    {
        string[] suffixes =
        [
            Request.Suffix,
            (Request with { Saltax = ["--saltax", "--nestid", "7"] }).Suffix,
            (Request with { Saltax = ["--saltax", "--nestid", "8"] }).Suffix,
            (Request with { SavesPeakCorrelation = true }).Suffix,
        ];

        Assert.That(suffixes, Is.Unique);
        Assert.That(suffixes[1], Does.Match("^-saltax-[0-9a-f]{8}$"));
    }

    private static string Changed(Action<JsonObject> change)
    {
        var description = JsonNode.Parse(Today.Text)!.AsObject();
        change(description);
        using var changed = JsonDocument.Parse(description.ToJsonString());
        description["sha256"] = CanonicalJson.Digest(changed.RootElement, "made", "made_by", "sha256");
        return description.ToJsonString();
    }

    [TestCase("{\"schema\": \"outsource/context-description/1\", \"name\": \"\\ud800\"}", "something other than a context description")]
    [TestCase("noise", "printed something other than a context description")]
    [TestCase("{}", "the schema is not 'outsource/context-description/1'")]
    public void Should_refuse_what_is_no_description(string output, string words)
    {
        _python.Answer = new ProgramResult(0, output, "");

        Assert.That(Assert.ThrowsAsync<OutsourceException>(() => FindAsync(Request))!.Message, Does.Contain(words));
    }

    private Task<Outsource.Model.Contexts.ContextDescription> FindAsync(DescriptionRequest request) =>
        new ContextDescriptions(Host, _python).FindAsync(request, default);

    private HostEnvironment Host =>
        new()
        {
            Disk = _disk,
            Now = DateTimeOffset.UnixEpoch,
            Variables = new Dictionary<string, string> { ["CONDA_PREFIX"] = _prefix },
            WorkingDirectory = "/",
            User = "tester",
            Home = "/home/tester",
            HostName = "here",
            DataFolder = "/data",
            DemoWorkDir = "/demo",
        };

    private sealed class Python : IProgramRunner
    {
        public int Calls { get; set; }

        public ProgramResult Answer { get; set; } = new(0, "", "");

        public Task<ProgramResult> RunAsync(string program, ImmutableArray<string> arguments, CancellationToken cancel)
        {
            Calls++;
            return Task.FromResult(Answer);
        }
    }
}
