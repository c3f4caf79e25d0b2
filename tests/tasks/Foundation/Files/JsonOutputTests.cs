using Outsource.Build.Tools.TestSuite;
using Outsource.Tests.Build;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Foundation.Files;

/// <summary>What --json prints, held against the schemas that the repository promises.</summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
[TestFixture]
internal sealed class JsonOutputTests
{
    private DemoRun _demo = null!;

    [OneTimeSetUp]
    public void Rehearse()
    {
        _demo = new DemoRun();
        Assert.That(_demo.Run("--target=DryRun", "--name=a").ExitCode, Is.Zero);
        Assert.That(_demo.Run("--target=DryRun", "--name=same").ExitCode, Is.Zero);
        Assert.That(_demo.Run("--target=DryRun", "--name=b", "--mode=tpc_kr83m").ExitCode, Is.Zero);
    }

    [OneTimeTearDown]
    public void Remove() => _demo.Dispose();

    [TestCase("dry-run", 0, "--target=DryRun", "--name=c")]
    [TestCase("dry-run", 3, "--target=DryRun", "--name=none", "--mode=no_such_mode")]
    [TestCase("explain", 0, "--target=Explain", "--name=a", "--run=61027,61062,61088,61107,61111")]
    [TestCase("explain", 0, "--target=Explain", "--name=a", "--run=61062,61999", "--fresh")]
    [TestCase("explain", 0, "--target=Explain", "--run=61062", "--fresh")]
    [TestCase("diff", 3, "--target=Diff", "--name=a", "--with=b")]
    [TestCase("diff", 0, "--target=Diff", "--name=a", "--with=same")]
    [TestCase("list", 0, "--target=List")]
    [TestCase("run-inventory", 0, "--target=Runs")]
    [TestCase("run-inventory", 0, "--target=Runs", "--run=61030,61999", "--detector=tpc")]
    [TestCase("run-inventory", 3, "--target=Runs", "--from=70000")]
    [TestCase("status", 0, "--target=Status", "--name=a")]
    [TestCase("unpack", 3, "--target=Unpack", "--name=a")]
    [TestCase("clean", 3, "--target=Clean", "--yes")]
    [TestCase("context-levels", 0, "--target=Context", "--straxen-version=4.0.0", "--asked=event_info_double,event_ms_naive,events_nv")]
    public async Task Should_fit_its_schema_if_asked_for_json(string schema, int code, params string[] arguments)
    {
        var run = _demo.Run([.. arguments, "--json"]);

        Assert.That(run.ExitCode, Is.EqualTo(code), run.Error);
        var promised = await NJsonSchema
            .JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs", "schemas", $"{schema}.schema.json"))
            .ConfigureAwait(false);
        Assert.That(promised.Validate(run.Out).Select(e => e.ToString()), Is.Empty);
        Assert.That(run.Out, Does.StartWith($"{{\n  \"schema\": \"outsource/{schema}/1\",\n").And.EndWith("\n}\n"));
    }

    [Test]
    public async Task Should_list_nothing_if_there_is_no_workflow()
    {
        using var demo = new DemoRun();

        var run = demo.Run("--target=List", "--json");

        Assert.That(
            (run.ExitCode, run.Error),
            Is.EqualTo(
                (
                    3,
                    $"Error: there are no workflows below '{demo.WorkDir}' yet. --target=DryRun plans one, --target=Submit submits one.\n"
                )
            )
        );
        var promised = await NJsonSchema
            .JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs", "schemas", "list.schema.json"))
            .ConfigureAwait(false);
        Assert.That(promised.Validate(run.Out).Select(e => e.ToString()), Is.Empty);
        Assert.That(run.Out, Does.Contain("\"workflows\": []"));
    }

    [Test]
    public void Should_name_no_tables_if_nothing_is_to_do() =>
        Assert.That(
            _demo.Run("--target=DryRun", "--name=none2", "--run=61004", "--json").Error,
            Does.EndWith("Error: nothing to do: no run has a data type to process. 'reasons' in the document shows why.\n")
        );

    [Test]
    public async Task Should_not_fit_if_a_key_is_missing()
    {
        var promised = await NJsonSchema
            .JsonSchema.FromFileAsync(Path.Combine(Checkout.Root, "docs", "schemas", "diff.schema.json"))
            .ConfigureAwait(false);

        Assert.That(promised.Validate("""{"schema": "outsource/diff/1"}"""), Is.Not.Empty);
    }

    [Test]
    public void Should_say_nothing_on_standard_output_if_it_is_an_error()
    {
        var run = _demo.Run("--target=Explain", "--name=a", "--run=1", "--json");

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((2, "")));
    }

    [Test]
    public void Should_be_refused_if_target_has_no_document()
    {
        var run = _demo.Run("--target=WriteWorkflow", "--name=w", "--json");

        Assert.That(
            (run.ExitCode, run.Out, run.Error),
            Is.EqualTo(
                (
                    2,
                    "",
                    "Error: --json is not an option of WriteWorkflow; it is an option of Default, DryRun, Explain, Diff, Status, Doctor, "
                        + "List, Clean, Runs, Context, Unpack, Usage, Locate, Reconcile, Calibrate. Nothing was run.\n"
                )
            )
        );
    }
}
