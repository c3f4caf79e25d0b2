using System.Globalization;
using System.IO.Abstractions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Model.ClassAds;

namespace Outsource.Engines.Local;

/// <summary>What an attempt of a job asks for.</summary>
/// <param name="Description">Its submit description.</param>
/// <param name="Retry">HTCondor's DAGNodeRetry.</param>
/// <param name="Cores">Cores.</param>
/// <param name="MemoryMb">MB; null: it does not say.</param>
/// <param name="DiskKb">KB; null: it does not say.</param>
internal sealed record JobAsk(SubmitDescription Description, int Retry, int Cores, long? MemoryMb, long? DiskKb)
{
    /// <summary>Whether it is a canary: whatever it asks for, it needs next to nothing.</summary>
    public bool IsCanary =>
        Description.Environment.Any(e => e is { Key: PayloadFiles.KindVariable, Value: "canary" }) || Description.OnSubmitHost;

    /// <summary>Reads and evaluates what is asked for.</summary>
    /// <exception cref="OutsourceException">The description is missing or damaged.</exception>
    public static JobAsk Of(IFileSystem disk, string path, int retry)
    {
        var description = SubmitDescription.Read(disk, path);
        var ad = new JobAd { Retry = retry };
        long? Amount(string key)
        {
            try
            {
                return description[key] is { Length: > 0 } text ? ad.Number(text, DateTimeOffset.UnixEpoch) : null;
            }
            catch (Exception error) when (error is FormatException or NotSupportedException)
            {
                throw new OutsourceException($"'{path}': {key} = {description[key]} cannot be evaluated: {error.Message}");
            }
        }

        return new JobAsk(
            description,
            retry,
            (int)Math.Clamp(Amount("request_cpus") ?? 1, 1, 1 << 16),
            Amount("request_memory"),
            Amount("request_disk")
        );
    }
}

/// <summary>The attributes of a job that its expressions may use, as HTCondor names them.</summary>
internal sealed record JobAd
{
    public int Retry { get; init; }

    /// <summary>1 idle, 2 running, 5 held.</summary>
    public int Status { get; init; } = 1;

    /// <summary>Since when it has this status.</summary>
    public DateTimeOffset Since { get; init; }

    public HoldCause? Hold { get; init; }

    public JobAsk? Ask { get; init; }

    public long? MemoryMb { get; init; }

    public long? DiskKb { get; init; }

    /// <summary>A number, rounded down, or null: it has no value.</summary>
    public long? Number(string expression, DateTimeOffset now) =>
        Evaluator(now).Evaluate(expression) switch
        {
            ClassAdValue.Whole whole => whole.Value,
            // 1.2 * 2000 is a little less than 2400, or a little more.
            ClassAdValue.Real { Value: > -1e15 and < 1e15 } real => (long)Math.Floor(real.Value + 1e-6),
            _ => null,
        };

    /// <summary>Whether a condition is true; one that cannot be evaluated is not.</summary>
    public bool Holds(string? condition, DateTimeOffset now)
    {
        try
        {
            return !string.IsNullOrEmpty(condition) && Evaluator(now).Evaluate(condition).IsTrue;
        }
        catch (Exception error) when (error is FormatException or NotSupportedException)
        {
            return false;
        }
    }

    private ClassAdEvaluator Evaluator(DateTimeOffset now)
    {
        var attributes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        void Add(string name, long? value)
        {
            if (value is { } number)
            {
                attributes[name] = number.ToString(CultureInfo.InvariantCulture);
            }
        }

        Add("DAGNodeRetry", Retry);
        Add("JobStatus", Status);
        Add("EnteredCurrentStatus", Since.ToUnixTimeSeconds());
        Add("HoldReasonCode", Hold?.Code);
        Add("HoldReasonSubCode", Hold?.Subcode);
        Add("RequestCpus", Ask?.Cores);
        Add("RequestMemory", Ask?.MemoryMb);
        Add("RequestDisk", Ask?.DiskKb);
        Add("MemoryUsage", MemoryMb);
        Add("ResidentSetSize", MemoryMb * 1024);
        Add("DiskUsage", DiskKb);
        return new ClassAdEvaluator(ClassAdAttributes.Of(attributes), null, now);
    }
}
