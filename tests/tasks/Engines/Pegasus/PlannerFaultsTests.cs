using Outsource.Engines.Pegasus;

namespace Outsource.Tests.Engines.Pegasus;

/// <summary>What the real planner said (tests/transcripts), and what we make of it.</summary>
internal sealed class PlannerFaultsTests
{
    [TestCase("31-fault-existing", "The submit directory contains an earlier plan (chain-0.dag.condor.sub).")]
    [TestCase("32-fault-missing-tx", "The transformation catalog has no program for job 'nosuchstep' at site 'condorpool'.")]
    [TestCase("33-fault-missing-tx-catalog", "'/home/xenon/faults/nothere.yml' is missing or cannot be read.")]
    [TestCase("34-fault-missing-rc", "The replica catalog has no location for the input 'f.0' of job 'step1_ID0001'")]
    [TestCase("35-fault-missing-rc-file", "The replica catalog has no location for the input 'f.0' of job 'step1_ID0001'")]
    [TestCase("36-fault-bad-yaml-syntax", "'/home/xenon/faults/w-bad.yml' is not valid YAML (line 9, column 16):")]
    [TestCase("37-fault-bad-yaml-schema", "'inpt' is not a value that the planner knows for LINKAGE.")]
    [TestCase("38-fault-bad-yaml-unknown-key", "The planner does not know 'argumants' in 'jobs'.")]
    [TestCase("39-fault-bad-yaml-nojobs", "There are no jobs in '/home/xenon/faults/w-nojobs.yml'.")]
    [TestCase("40-fault-bad-dup-id", "Two jobs have the same id (step2_ID0001).")]
    [TestCase("41-fault-bad-dep", "Job 'ID0002' has a child 'ID0099' that does not exist.")]
    [TestCase("42-fault-cycle", "The dependencies of the jobs form a cycle.")]
    [TestCase("43-fault-unknown-site", "The site catalog has no execution site 'nosuchsite' (it has condorpool, local).")]
    [TestCase("44-fault-unknown-output-site", "The site catalog has no output site 'nosuchsite'.")]
    [TestCase("45-fault-no-workflow-file", "'/home/xenon/faults/nothere.yml' is missing or cannot be read.")]
    [TestCase(
        "47-fault-bad-site-catalog",
        "The site catalog is not valid: $.sites[0].directories[0].type: does not have a value in the enumeration"
    )]
    [TestCase(
        "48-fault-bad-tx-catalog",
        "The transformation catalog is not valid: $.transformations[0].sites[0].type: does not have a value in the enumeration"
    )]
    [TestCase("49-fault-bad-option", "pegasus-plan rejected its options")]
    [TestCase("50-fault-two-producers", "Job 'step2_ID0002' reads and writes the file 'f.1'.")]
    public void Should_say_what_it_means_if_planner_fails(string transcript, string sentence)
    {
        var lines = Lines(transcript);

        Assert.That(PlannerFaults.Explain(lines), Does.StartWith(sentence));
        var essence = PlannerFaults.Essence(lines);
        Assert.That(essence, Is.Not.Empty);
        Assert.That(essence, Has.None.Contains("\tat ").And.None.Contains("UTC:").And.None.Match(@"\.java:[0-9]"));
    }

    [TestCase("30-fault-ok")]
    [TestCase("46-fault-no-sites-file")]
    public void Should_find_no_fault_if_planner_is_content(string transcript)
    {
        Assert.That(PlannerFaults.Explain(Lines(transcript)), Is.Null);
        Assert.That(PlannerFaults.Essence(Lines(transcript)), Is.Empty);
    }

    [TestCase("ERROR: java not found. Please set JAVA_HOME or PATH.", "The planner found no Java.")]
    [TestCase("java.lang.OutOfMemoryError: Java heap space", "The planner's Java ran out of memory")]
    [TestCase("cp: error writing 'x': No space left on device", "The disk is full.")]
    public void Should_know_what_the_wrapper_says_if_it_does_not_come_to_plan(string words, string sentence) =>
        Assert.That(PlannerFaults.Explain([words]), Does.StartWith(sentence));

    [Test]
    public void Should_leave_out_stack_traces_if_java_shows_them() =>
        Assert.That(
            PlannerFaults.Essence(Lines("32-fault-missing-tx")),
            Is.EqualTo(
                new[]
                {
                    " [1] java.lang.RuntimeException: There are no entries for the transformation \"nosuchstep\" in the TC for sites "
                        + "[condorpool]",
                }
            )
        );

    /// <summary>Of the first command of a transcript.</summary>
    private static List<string> Lines(string transcript) =>
        [
            .. File.ReadLines(Path.Combine(TestContext.CurrentContext.TestDirectory, "transcripts", transcript + ".txt"))
                .Skip(1)
                .TakeWhile(l => !l.StartsWith("[exit code", StringComparison.Ordinal)),
        ];
}
