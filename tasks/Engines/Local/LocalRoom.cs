using System.Globalization;
using System.IO.Abstractions;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;

namespace Outsource.Engines.Local;

/// <summary>
/// The cores and the memory of this machine that jobs may use. A canary takes one core, and at most an equal share of the memory: whatever
/// it asks for, it needs next to nothing, and so do the jobs that only unpack. Any other job takes what it asks for; at a later attempt, at
/// most all that there is. Limits of running jobs are always those that the job asks for.
/// </summary>
internal sealed class LocalRoom
{
    private const long AtLeastMb = 512;

    /// <param name="slots">Cores, at least 1.</param>
    /// <param name="memoryMb">MB, at least 1.</param>
    public LocalRoom(int slots, long memoryMb) => (Slots, MemoryMb) = (Math.Max(1, slots), Math.Max(1, memoryMb));

    public int Slots { get; }

    public long MemoryMb { get; }

    public int SlotsInUse { get; private set; }

    public long MemoryInUseMb { get; private set; }

    /// <summary>As the order says, or as this machine is.</summary>
    public static LocalRoom Of(IFileSystem disk, LocalOrder order) =>
        new(order.Slots ?? Environment.ProcessorCount, order.MemoryMb ?? Math.Max(AtLeastMb, AvailableMb(disk) * 9 / 10));

    /// <summary>What a job takes.</summary>
    public (int Cores, long MemoryMb) Needs(JobAsk ask) =>
        ask.IsCanary
            ? (1, Math.Min(ask.MemoryMb ?? 0, MemoryMb / Slots))
            : (Math.Min(ask.Cores, Slots), Math.Min(ask.MemoryMb ?? 0, MemoryMb));

    /// <summary>Whether it fits now.</summary>
    public bool Has((int Cores, long MemoryMb) needs) =>
        SlotsInUse + needs.Cores <= Slots && MemoryInUseMb + needs.MemoryMb <= MemoryMb;

    public void Take((int Cores, long MemoryMb) needs)
    {
        SlotsInUse += needs.Cores;
        MemoryInUseMb += needs.MemoryMb;
    }

    public void Give((int Cores, long MemoryMb) needs)
    {
        SlotsInUse -= needs.Cores;
        MemoryInUseMb -= needs.MemoryMb;
    }

    /// <summary>Refuses a workflow with a job that never fits, before the first one starts.</summary>
    /// <param name="asks">The jobs by name, with what they ask for at their next attempt.</param>
    /// <exception cref="UsageException">One does not fit.</exception>
    public void Check(IEnumerable<(string Node, JobAsk Ask)> asks)
    {
        var (fit, all) = (0, 0);
        (string Node, JobAsk Ask)? worst = null;
        foreach (var (node, ask) in asks)
        {
            all++;
            if (ask.IsCanary || (ask.Cores <= Slots && (ask.MemoryMb ?? 0) <= MemoryMb))
            {
                fit++;
            }
            else if (worst is not { } known || (ask.MemoryMb ?? 0) > (known.Ask.MemoryMb ?? 0))
            {
                worst = (node, ask);
            }
        }

        if (worst is { } job)
        {
            throw new UsageException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"job {job.Node} asks for {job.Ask.Cores} cores and {job.Ask.MemoryMb ?? 0} MB, but this machine has {Slots} cores and "
                        + $"{MemoryMb} MB for jobs (--slots, --local-memory). {fit} of {all} jobs fit. Use a machine where it fits, choose "
                        + $"runs whose jobs are smaller, or rehearse with --payload=canary."
                )
            );
        }
    }

    /// <summary>Memory that could be used without swapping, MB.</summary>
    private static long AvailableMb(IFileSystem disk)
    {
        const string Key = "MemAvailable:";
        try
        {
            foreach (var line in BoundedText.Lines(disk, "/proc/meminfo").Where(l => l.StartsWith(Key, StringComparison.Ordinal)))
            {
                var number = line[Key.Length..].Trim().Split(' ')[0];
                if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kb))
                {
                    return kb / 1024;
                }
            }
        }
        catch (IOException)
        {
            // Not Linux.
        }

        return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
    }
}
