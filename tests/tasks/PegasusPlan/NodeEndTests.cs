using System.Diagnostics;
using System.IO.Abstractions.TestingHelpers;
using Outsource.Build.Tools.TestSuite;
using Outsource.Engines.Pegasus;
using Outsource.PegasusPlan;
using Outsource.Tests.Engines.Records;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.PegasusPlan;

/// <summary>
/// The script between DAGMan and pegasus-exitcode. What stands in for the latter does as the real one (5.1.2): it renames the output, says
/// 1 of every failure, and knows DAGMan's value only, which is that of PegasusLite's stage-out where the job failed.
/// </summary>
[Category(TestFilter.Program)]
[CancelAfter(900_000)]
internal sealed class NodeEndTests
{
    /// <summary>As kickstart writes it (5.1.2), with the job's own words below, which it indents.</summary>
    private const string Record = """
        ---------------pegasus-multipart
        - invocation: True
          version: 3.0
          hostname: vm
          setup:
            status:
              raw: 0
              regular_exitcode: 10
          mainjob:
            duration: 0.006
            status:
              raw: @RAW@
              regular_exitcode: @CODE@
            executable:
              file_name: /var/lib/condor/peaklets
          files:
            stdout:
              data: |
                told to fail
                  mainjob:
                      regular_exitcode: 20
              regular_exitcode: 21

        """;

    private string _folder = "";

    [SetUp]
    public void SetUp()
    {
        _folder = Directory.CreateTempSubdirectory("outsource-").FullName;
        Write("node-end.sh", NodeEnd.Script);
        Write(
            "pegasus-exitcode",
            """
            #!/bin/sh
            # $1 -r, $2 DAGMan's value, last the output
            for out do :; done
            [ -f "$out" ] || exit 1
            mv "$out" "$out.000"
            [ "$2" = 0 ] || { echo "dagman reported non-zero exitcode: $2"; exit 1; }
            exit 0

            """
        );
    }

    [TearDown]
    public void TearDown() => Directory.Delete(_folder, recursive: true);

    [TestCase(10, 95)]
    [TestCase(20, 95)]
    [TestCase(21, 95)]
    [TestCase(31, 95)]
    [TestCase(22, 1)]
    [TestCase(30, 1)]
    [TestCase(40, 1)]
    [TestCase(50, 1)]
    [TestCase(120, 1)]
    [TestCase(2, 1)]
    public void Should_report_causes_that_no_try_remedys_if_a_job_failed(int code, int said)
    {
        Write(
            "job.out",
            Record.Replace("@CODE@", $"{code}", StringComparison.Ordinal).Replace("@RAW@", $"{code * 256}", StringComparison.Ordinal)
        );

        Assert.That(End(returned: 1), Is.EqualTo(said));
        Assert.That(File.Exists(Path.Combine(_folder, "job.out.000")), "pegasus-exitcode has done its work");
    }

    [Test]
    public void Should_say_what_pegasus_says_if_the_job_did_well()
    {
        Write("job.out", Record.Replace("@CODE@", "0", StringComparison.Ordinal));
        Assert.That(End(returned: 0), Is.Zero);
    }

    [Test]
    public void Should_say_what_pegasus_says_if_the_job_left_no_record()
    {
        Assert.That(End(returned: -9), Is.EqualTo(1), "no output");
        Write("job.out", "");
        Assert.That(End(returned: 20), Is.EqualTo(1), "killed before kickstart said anything; 20 is PegasusLite's then");
        Write("job.out", Record.Replace("      regular_exitcode: @CODE@\n", "      signalled: 9\n", StringComparison.Ordinal));
        Assert.That(End(returned: 1), Is.EqualTo(1), "ended by a signal");
    }

    [Test]
    public void Should_change_jobs_of_ours_alone_if_put_into_a_dag()
    {
        var fixture = new SubmitFixture();
        fixture.Disk.AddFile(
            "/w/xenonnt-0.dag",
            new MockFileData(
                """
                # PEGASUS WMS GENERATED DAG FILE
                MAXJOBS stagein 10
                JOB stage_in_remote_local_0_0 00/00/stage_in_remote_local_0_0.sub
                SCRIPT POST stage_in_remote_local_0_0 /opt/pegasus/bin/pegasus-exitcode  -r $RETURN  .//00/00/stage_in_remote_local_0_0.out
                RETRY stage_in_remote_local_0_0 2

                JOB peaklets_061030-peaklets-0000 00/00/peaklets_061030-peaklets-0000.sub
                SCRIPT POST peaklets_061030-peaklets-0000 /opt/pegasus/bin/pegasus-exitcode  -r $RETURN -s PegasusLite:+exitcode+0 -l xenonnt-0.exitcode.log   .//00/00/peaklets_061030-peaklets-0000.out
                PRIORITY peaklets_061030-peaklets-0000 454210650
                RETRY peaklets_061030-peaklets-0000 2
                VARS peaklets_061030-peaklets-0000 My.DAGNodeRetry="$(RETRY)"

                JOB combine_061030-peaklets-combine 00/00/combine_061030-peaklets-combine.sub
                SCRIPT POST combine_061030-peaklets-combine /opt/other/judge .//00/00/combine_061030-peaklets-combine.out
                RETRY combine_061030-peaklets-combine 2

                PARENT  stage_in_remote_local_0_0 CHILD peaklets_061030-peaklets-0000

                """
            )
        );
        var directory = new SubmitDirectory(fixture.Disk, "/w");

        Assert.That(NodeEnd.PutInto(fixture.Disk, directory), Is.EqualTo(1));
        var dag = fixture.Disk.File.ReadAllText(directory.Dag);
        Assert.That(
            dag,
            Does.Contain(
                    "\nSCRIPT POST peaklets_061030-peaklets-0000 /w/node-end.sh /opt/pegasus/bin/pegasus-exitcode  -r $RETURN -s "
                        + "PegasusLite:+exitcode+0 -l xenonnt-0.exitcode.log   .//00/00/peaklets_061030-peaklets-0000.out\n"
                )
                .And.Contain("\nRETRY peaklets_061030-peaklets-0000 2 UNLESS-EXIT 95\n")
                .And.Contain("\nRETRY stage_in_remote_local_0_0 2\n")
                .And.Contain("\nSCRIPT POST stage_in_remote_local_0_0 /opt/pegasus/bin/pegasus-exitcode ")
                .And.Contain("\nRETRY combine_061030-peaklets-combine 2\n")
                .And.Contain(" /opt/other/judge ")
        );
        Assert.That(fixture.Disk.File.ReadAllText("/w/node-end.sh"), Is.EqualTo(NodeEnd.Script));

        Assert.That(
            (NodeEnd.PutInto(fixture.Disk, directory), fixture.Disk.File.ReadAllText(directory.Dag)),
            Is.EqualTo((1, dag)),
            "the second time nothing changes"
        );
    }

    [Test]
    public void Should_leave_the_dag_alone_if_its_place_cannot_be_written_into_it()
    {
        var disk = new MockFileSystem();
        disk.AddFile("/my work/xenonnt-0.dag", new MockFileData("RETRY x 2\n"));

        Assert.That(NodeEnd.PutInto(disk, new SubmitDirectory(disk, "/my work")), Is.Zero);
        Assert.That(disk.File.ReadAllText("/my work/xenonnt-0.dag"), Is.EqualTo("RETRY x 2\n"));
    }

    private int End(int returned)
    {
        using var process = Process.Start(
            new ProcessStartInfo(
                Path.Combine(_folder, "node-end.sh"),
                [Path.Combine(_folder, "pegasus-exitcode"), "-r", $"{returned}", ".//job.out"]
            )
            {
                WorkingDirectory = _folder,
                RedirectStandardOutput = true,
            }
        )!;
        return process.FinishWithOutput().ExitCode;
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text.ReplaceLineEndings("\n"));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
