using Outsource.Engines.Slurm.Programs;

namespace Outsource.Tests.Engines.Slurm.Programs;

/// <summary>Refusals are told from waits by sbatch's words (T22); all but those of accounting are recorded from 22.05.8.</summary>
internal sealed class SbatchTests
{
    [TestCase("sbatch: error: invalid partition specified: nope\nsbatch: error: Batch job submission failed: Invalid partition name specified")]
    [TestCase("sbatch: error: Memory specification can not be satisfied\nsbatch: error: Batch job submission failed: Requested node configuration is not available")]
    [TestCase("sbatch: error: Batch job submission failed: Job dependency problem")]
    [TestCase("sbatch: error: Batch job submission failed: Invalid qos specification")]
    [TestCase("sbatch: error: Batch job submission failed: Invalid account or account/partition combination specified")]
    [TestCase("sbatch: error: Batch job submission failed: Requested time limit is invalid (missing or exceeds some limit)")]
    [TestCase("sbatch: error: Unable to open file nofile.sh")]
    [TestCase("something that nobody knows")]
    public void Should_refuse_at_once_if_no_wait_helps_t22(string words) =>
        Assert.That(Sbatch.Judge(AnsweringPrograms.Said(words, 1)).Verdict, Is.EqualTo(SbatchVerdict.Refused));

    [TestCase("sbatch: error: QOSMaxSubmitJobPerUserLimit\nsbatch: error: Batch job submission failed: Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)")]
    [TestCase("sbatch: error: Batch job submission failed: Resource temporarily unavailable")]
    [TestCase("sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying")]
    public void Should_wait_if_the_end_of_other_jobs_helps(string words) =>
        Assert.That(Sbatch.Judge(AnsweringPrograms.Said(words, 1)).Verdict, Is.EqualTo(SbatchVerdict.Wait));

    [TestCase("sbatch: error: Batch job submission failed: Socket timed out on send/recv operation", 1)]
    [TestCase("sbatch: error: Batch job submission failed: Unable to contact slurm controller (connect failure)", 1)]
    [TestCase("Submitted", 0)]
    public void Should_doubt_if_the_answer_was_lost(string words, int code) =>
        Assert.That(Sbatch.Judge(AnsweringPrograms.Said(words, code)).Verdict, Is.EqualTo(SbatchVerdict.Lost));

    [TestCase("12")]
    [TestCase("12;midway2")]
    [TestCase("sbatch: lua: welcome\n12")]
    public void Should_read_the_number(string words) => Assert.That(Sbatch.Judge(AnsweringPrograms.Said(words)).Id, Is.EqualTo(12));

    [Test]
    public void Should_give_the_exit_code_and_the_words_of_sbatch()
    {
        var answer = Sbatch.Judge(AnsweringPrograms.Said("sbatch: error: Invalid --time specification", 255));

        Assert.That((answer.ExitCode, answer.Words), Is.EqualTo((125, "sbatch: error: Invalid --time specification")));
    }
}
