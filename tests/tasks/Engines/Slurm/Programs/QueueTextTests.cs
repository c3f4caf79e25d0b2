using System.Text.Json;
using Outsource.Engines.Slurm.Programs;

namespace Outsource.Tests.Engines.Slurm.Programs;

/// <summary>The queue in both of squeue's forms, recorded from 22.05.8, and as later releases print it.</summary>
internal sealed class QueueTextTests
{
    private const string Recorded = """
        {"meta": {"plugin": {"type": "openapi\/v0.0.38", "name": "Slurm OpenAPI v0.0.38"}, "Slurm": {"version": {"major": 22, "micro": 8, "minor": 5}}},
         "errors": [],
         "jobs": [
          {"account": "", "array_job_id": 0, "array_task_id": null, "comment": "", "dependency": "", "end_time": 1827659303, "exit_code": 0, "job_id": 1,
           "job_state": "RUNNING", "name": "j.sh", "start_time": 1796123303, "state_reason": "None", "submit_time": 1796123303, "user_name": "root"},
          {"comment": "outsource:w1:a", "end_time": 0, "exit_code": 256, "job_id": 10, "job_state": "FAILED", "state_reason": "NonZeroExitCode"},
          {"comment": "outsource:w1:b", "exit_code": 9, "job_id": 11, "job_state": "PENDING", "state_reason": "JobHeldUser"},
          {"comment": "outsource:w10:b", "job_id": 12, "job_state": "PENDING", "state_reason": "DependencyNeverSatisfied"}]}
        """;

    [Test]
    public void Should_read_the_json_of_22_05()
    {
        var jobs = QueueText.OfJson(Recorded);

        Assert.That(jobs.Select(j => (j.Id, j.State, j.ExitCode)), Is.EqualTo(new (int, string, int?)[]
        {
            (1, "RUNNING", 0), (10, "FAILED", 1), (11, "PENDING", -9), (12, "PENDING", null),
        }));
        Assert.That(jobs.Select(j => j.NodeIn("w1")), Is.EqualTo(new[] { null, "a", "b", null }));
        Assert.That(jobs[0].Started, Is.EqualTo(DateTimeOffset.FromUnixTimeSeconds(1796123303)));
        Assert.That(jobs.Select(j => j.IsQueued), Is.EqualTo(new[] { true, false, true, false }));
        Assert.That(jobs.Select(j => j.IsHeld), Is.EqualTo(new[] { false, false, true, false }));
    }

    [Test]
    public void Should_read_the_json_of_later_releases()
    {
        var job = QueueText.OfJson(
            """
            {"jobs": [{"job_id": 7, "comment": "outsource:w1:a", "job_state": ["COMPLETED", "COMPLETING"], "state_reason": "None",
             "start_time": {"set": true, "infinite": false, "number": 1796123303}, "end_time": {"set": false, "number": 0},
             "exit_code": {"status": ["SUCCESS"], "return_code": {"set": true, "infinite": false, "number": 3}}}]}
            """
        )[0];

        Assert.That((job.State, job.ExitCode, job.Ended, job.Started?.ToUnixTimeSeconds()), Is.EqualTo(("COMPLETED", 3, (DateTimeOffset?)null, 1796123303)));
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("{\"jobs\": [{\"job_state\": \"RUNNING\"}]}")]
    [TestCase("{\"jobs\": [{\"job_id\": 1}]}")]
    public void Should_refuse_json_of_another_form(string json) =>
        Assert.That(() => QueueText.OfJson(json), Throws.InstanceOf<JsonException>());

    [Test]
    public void Should_read_lines_if_names_of_others_hold_the_separator()
    {
        var jobs = QueueText.OfLines(
            ["2|a|b|c|(null)|PENDING|Resources", "11|b|outsource:w1:b|PENDING|JobHeldUser", "30_[1-9]|x|(null)|PENDING|Priority", ""]
        );

        Assert.That(jobs.Select(j => (j.Id, j.State, j.Reason, j.NodeIn("w1"))), Is.EqualTo(new[]
        {
            (2, "PENDING", "Resources", null), (11, "PENDING", "JobHeldUser", "b"), (30, "PENDING", "Priority", null),
        }));
    }

    [TestCase("slurm_load_jobs error")]
    [TestCase("x|b|c|PENDING|None")]
    public void Should_refuse_lines_of_another_form(string line) =>
        Assert.That(() => QueueText.OfLines([line]), Throws.TypeOf<FormatException>());

    [Test]
    public void Should_ask_for_lines_if_there_is_no_json()
    {
        var programs = new AnsweringPrograms()
            .On("squeue", "squeue: unrecognized option '--json'", 1, "--json")
            .On("squeue", "11|b|outsource:w1:b|RUNNING|None", 0, "-o");
        var queue = new Squeue(programs).All();

        Assert.That(queue.Jobs!.Single(), Is.EqualTo(new SlurmJob(11, "RUNNING", "") { Comment = "outsource:w1:b" }));
        Assert.That(programs.Calls, Is.EqualTo(new[] { "squeue --json", "squeue -h -o %i|%j|%k|%T|%r" }));
    }

    [Test]
    public void Should_know_nothing_if_squeue_does_not_answer()
    {
        var queue = new Squeue(new AnsweringPrograms().On("squeue", "slurm_load_jobs error: Unable to contact slurm controller", 1)).All();

        Assert.That(queue.Jobs, Is.Null);
        Assert.That(queue.Silence, Does.Contain("squeue failed with exit code 1").And.Contain("Unable to contact"));
    }
}
