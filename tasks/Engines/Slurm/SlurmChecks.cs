using System.Collections.Immutable;
using System.Globalization;
using System.IO.Abstractions;
using Outsource.Engines.Slurm.Programs;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Engines.Slurm;

/// <summary>What the checks before a submission found.</summary>
/// <param name="Faults">What makes it impossible: subject, wrong value, what is allowed, what to do.</param>
/// <param name="Warnings">What the operator should know.</param>
/// <param name="Choice">The choice without folders that cannot be bound.</param>
public sealed record SlurmFindings(ImmutableArray<string> Faults, ImmutableArray<string> Warnings, SlurmChoice Choice)
{
    /// <summary>Ends the command if something makes the submission impossible.</summary>
    /// <exception cref="UsageException">There are faults; all are told.</exception>
    public void Require()
    {
        if (!Faults.IsEmpty)
        {
            throw new UsageException([.. Faults.Select(f => new Fault(f))]);
        }
    }
}

/// <summary>Checks what a configuration asks of Slurm before anything is submitted. Changes nothing, and submits nothing.</summary>
/// <param name="disk">The disk.</param>
/// <param name="programs">The programs of Slurm.</param>
public sealed class SlurmChecks(IFileSystem disk, ISlurmPrograms programs)
{
    private readonly SlurmSite _site = new(programs);
    private readonly List<string> _faults = [];
    private readonly List<string> _warnings = [];

    /// <summary>Checks everything that needs no plan. Call it before planning: it leaves out folders that cannot be bound.</summary>
    /// <param name="choice">What the configuration says.</param>
    /// <param name="user">Login name.</param>
    public SlurmFindings Before(SlurmChoice choice, string user)
    {
        ArgumentNullException.ThrowIfNull(choice);
        Clear();
        if (programs.Find("sbatch") is null)
        {
            _faults.Add(SlurmPrograms.Missing("sbatch").Message);
            return new SlurmFindings([.. _faults], [], choice);
        }

        CheckPartition(choice);
        CheckNames(choice, user);
        CheckImage(choice);
        var bound = choice with { Binds = BindsOf(choice) };
        return new SlurmFindings([.. _faults], [.. _warnings], bound);
    }

    /// <summary>Checks a plan: time limits, and of each level the job that asks for most memory with <c>sbatch --test-only</c>.</summary>
    /// <param name="folder">Where it is planned.</param>
    /// <param name="planned">What was planned.</param>
    /// <param name="choice">What the configuration says.</param>
    public SlurmFindings After(SlurmFolder folder, SlurmPlanned planned, SlurmChoice choice)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(planned);
        ArgumentNullException.ThrowIfNull(choice);
        Clear();
        CheckHours(planned, choice);
        foreach (var job in planned.Firsts)
        {
            var answer = new Sbatch(programs).Test([], folder.Script(job.Name));
            if (answer.Verdict == SbatchVerdict.Refused)
            {
                _faults.Add(
                    $"sbatch would refuse the {job.Level} job {job.Name}: {answer.Words}. It asks for {Memory(job)} and "
                        + $"{Hours(job.At(0).Hours)}; correct the rcc_ keys, or what the jobs ask for."
                );
            }
            else if (answer.Verdict != SbatchVerdict.Accepted)
            {
                _warnings.Add($"sbatch --test-only gave no answer about the {job.Level} job {job.Name}: {answer.Words}.");
            }
        }

        if (!planned.Elsewhere.IsEmpty)
        {
            _warnings.Add(
                $"{planned.Elsewhere.Length} inputs lie at a grid site, the first is {planned.Elsewhere[0]}: jobs here cannot read them "
                    + "before they are fetched."
            );
        }

        return new SlurmFindings([.. _faults], [.. _warnings], choice);
    }

    private void Clear()
    {
        _faults.Clear();
        _warnings.Clear();
    }

    private void CheckPartition(SlurmChoice choice)
    {
        if (choice.Partition is not { } name)
        {
            _warnings.Add("rcc_partition is not set: jobs go to Slurm's default partition.");
            return;
        }

        if (Ask("partition", () => _site.Partition(name), out var known) is not { } partition)
        {
            if (known)
            {
                _faults.Add($"rcc_partition is '{name}', which Slurm does not have. 'sinfo' lists the partitions.");
            }

            return;
        }

        if (partition.State is not "UP")
        {
            _warnings.Add($"partition {name} is {partition.State}: jobs wait until it is up.");
        }

        if (choice.Qos is { } qos && !partition.Qos.IsEmpty && !partition.Qos.Contains(qos))
        {
            _faults.Add(
                $"partition {name} does not take QOS '{qos}', but {string.Join(", ", partition.Qos)}. Choose another rcc_partition."
            );
        }

        if (choice.Account is { } account && !partition.Accounts.IsEmpty && !partition.Accounts.Contains(account))
        {
            _faults.Add(
                $"partition {name} does not take rcc_account '{account}', but {string.Join(", ", partition.Accounts)}. Correct one of them."
            );
        }
    }

    /// <summary>Where Slurm keeps accounts, QOS and account must exist; elsewhere any name is taken.</summary>
    private void CheckNames(SlurmChoice choice, string user)
    {
        if (choice.Qos is { } qos && _site.Qos() is { IsEmpty: false } all && !all.Contains(qos))
        {
            _faults.Add(
                $"QOS '{qos}', named as rcc_partition, does not exist: Slurm has {Listed(all)}."
            );
        }

        if (
            choice.Account is { } account
            && _site.AccountsOf(user) is { IsEmpty: false } accounts
            && !accounts.Contains(account)
        )
        {
            _faults.Add(
                $"rcc_account is '{account}', which {user} may not use: Slurm has {Listed(accounts)}."
            );
        }
    }

    private static string Listed(IEnumerable<string> names) =>
        string.Join(", ", names.Order(StringComparer.Ordinal).Take(20).Select(UntrustedText.Shown));

    private void CheckImage(SlurmChoice choice)
    {
        if (choice.Image is { } image && !disk.File.Exists(image) && !disk.Directory.Exists(image))
        {
            _faults.Add($"the image '{image}' does not exist. rcc_image names the folder of the images, or one of them.");
        }
    }

    private ImmutableArray<string> BindsOf(SlurmChoice choice)
    {
        var there = choice.Binds.Where(b => disk.Directory.Exists(b.Split(':')[0]) || disk.File.Exists(b.Split(':')[0])).ToImmutableArray();
        foreach (var missing in choice.Binds.Except(there))
        {
            _warnings.Add($"rcc_bind names '{missing}', which does not exist here: it is left out.");
        }

        return [.. there, .. choice.Data.Where(disk.Directory.Exists)];
    }

    private void CheckHours(SlurmPlanned planned, SlurmChoice choice)
    {
        if (choice.Partition is not { } name || Ask("partition", () => _site.Partition(name), out _) is not { MaxTime: { } limit })
        {
            return;
        }

        if (planned.LongestHours > limit.TotalHours)
        {
            _faults.Add(
                $"a job asks for {Hours(planned.LongestHours)}, but partition {name} ends jobs after {Hours(limit.TotalHours)}. Set "
                    + "rcc_max_hours to that, or pegasus_max_hours_lower, _combine and _upper to less."
            );
        }
    }

    private T? Ask<T>(string what, Func<T?> ask, out bool answered)
        where T : class
    {
        try
        {
            var answer = ask();
            answered = true;
            return answer;
        }
        catch (OutsourceException silent)
        {
            _warnings.Add($"Slurm was not asked for its {what}: {silent.Message}");
            answered = false;
            return null;
        }
    }

    private static string Memory(SlurmPlanJob job) => string.Create(CultureInfo.InvariantCulture, $"{job.At(0).MemoryMb} MB");

    private static string Hours(double hours) => string.Create(CultureInfo.InvariantCulture, $"{hours:0.##} h");
}
