using System.Collections.Immutable;
using System.Globalization;
using Outsource.Engines.Jobs;
using Outsource.Foundation.Errors;
using Outsource.Model.ClassAds;

namespace Outsource.Engines.Slurm;

/// <summary>
/// What a job asks of Slurm at each attempt. The profiles of a job in <c>workflow.yml</c> say it as ClassAd expressions of
/// <c>DAGNodeRetry</c>; here they are evaluated, so that requests grow at the computing centre as they do on the grid. Not thread safe.
/// </summary>
/// <param name="choice">Limits, and what the container takes.</param>
public sealed class JobRequests(SlurmChoice choice)
{
    private const string Running = "JobStatus == 2 && (time() - EnteredCurrentStatus) > ";

    /// <summary>Most jobs have one of a few expressions.</summary>
    private readonly Dictionary<(string Expression, int Attempt), double> _known = [];

    private readonly ImmutableArray<ClassAdEvaluator> _attempts =
    [
        .. Enumerable
            .Range(0, choice.Retries + 1)
            .Select(a => new ClassAdEvaluator(
                ClassAdAttributes.Of(
                    new Dictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["DAGNodeRetry"] = a.ToString(CultureInfo.InvariantCulture),
                    }
                ),
                null,
                DateTimeOffset.UnixEpoch
            )),
    ];

    /// <summary>The requests, from the first attempt to the last that differs from the one before.</summary>
    /// <exception cref="OutsourceException">An expression has no number as its value.</exception>
    public ImmutableArray<SlurmRequest> Of(WorkflowJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        var memory = job.Condor.GetValueOrDefault("request_memory");
        var limit = LimitIn(job.Condor.GetValueOrDefault("periodic_hold"));
        var requests = new List<SlurmRequest>();
        for (var attempt = 0; attempt < _attempts.Length; attempt++)
        {
            var request = new SlurmRequest(
                (memory is null ? 0 : (long)Math.Floor(Value(job, memory, attempt) + 1e-6)) + choice.MemoryOverhead,
                Math.Min(choice.MaxHours, limit is null ? choice.MaxHours : Value(job, limit, attempt) / 3600)
            );
            requests.Add(request);
        }

        // The last one holds for all further attempts.
        while (requests is [.., var before, var last] && before == last)
        {
            requests.RemoveAt(requests.Count - 1);
        }

        return [.. requests];
    }

    /// <summary>Cores.</summary>
    public int CoresOf(WorkflowJob job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.Condor.GetValueOrDefault("request_cpus") is { } cpus ? Math.Max(1, (int)Value(job, cpus, 0)) : 1;
    }

    /// <summary>The part of <c>periodic_hold</c> that limits how long a job runs, an expression of seconds; null: there is none.</summary>
    internal static string? LimitIn(string? hold)
    {
        var at = hold?.IndexOf(Running, StringComparison.Ordinal) ?? -1;
        if (at < 0)
        {
            return null;
        }

        var rest = hold![(at + Running.Length)..];
        var depth = 0;
        for (var i = 0; i < rest.Length; i++)
        {
            depth += rest[i] switch
            {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            if (depth < 0)
            {
                return rest[..i];
            }
        }

        return rest;
    }

    private double Value(WorkflowJob job, string expression, int attempt)
    {
        if (_known.TryGetValue((expression, attempt), out var known))
        {
            return known;
        }

        var value = Evaluate(expression, attempt) switch
        {
            ClassAdValue.Whole whole => whole.Value,
            ClassAdValue.Real real when double.IsFinite(real.Value) => real.Value,
            _ => throw new OutsourceException(
                $"Job {job.NodeName} asks for '{expression}', which is no number at attempt {attempt + 1}. Correct site_profile, or the "
                    + "workflow."
            ),
        };
        if (_known.Count > 100_000)
        {
            _known.Clear();
        }

        return _known[(expression, attempt)] = value;
    }

    private ClassAdValue Evaluate(string expression, int attempt)
    {
        try
        {
            return _attempts[attempt].Evaluate(expression);
        }
        catch (Exception error) when (error is FormatException or NotSupportedException)
        {
            return ClassAdValue.Error;
        }
    }
}
