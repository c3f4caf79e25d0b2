using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Outsource.Artifacts;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;
using Outsource.Model.Reconciling;
using Outsource.Model.Runs;
using Outsource.Model.Selection;
using Outsource.Operator.Explain;
using Outsource.QueryRuns;

namespace Outsource.Operator.Reconcile;

/// <summary>
/// Runs that are compared without a workflow. Of each type that the settings store, or that <c>--types</c> names: what the current context
/// makes, and what the run database has an entry of, whatever its hash.
/// </summary>
/// <param name="context">The run.</param>
public sealed partial class AuditWorld(OutsourceContext context)
{
    /// <summary>The folder below work_dir.</summary>
    public const string Folder = "reconcile";

    /// <summary>The runs that were named.</summary>
    /// <exception cref="UsageException">The settings or the types are not valid.</exception>
    public async Task<ReconcileWorld> ReadAsync()
    {
        var loaded = context.Loaded = await new FreshSettings(context).LoadAsync().ConfigureAwait(false);
        var stored = Stored(loaded);
        var named = Types(context.Request.Invocation.Options.Types, [.. loaded.Context.Hashes.Keys], "the context");
        var types = named ?? stored;
        if (types.IsEmpty)
        {
            throw new UsageException("no data type is stored with these settings. Name types with --types. Nothing was compared.");
        }

        var scope = RunQuery.Scope(loaded) with { DataTypes = types };
        var flight = context.InFlight(null);
        var workDir = loaded.Settings.WorkDir;
        return new ReconcileWorld(TitleOf(scope), Path.Combine(workDir, Folder), workDir)
        {
            Scope = scope,
            LeavesOutNowhere = named is null,
            Expect = entered => Expected(loaded, entered, types, flight, scope),
        };
    }

    /// <summary>The types that <c>--types</c> names; null: none is named.</summary>
    /// <param name="typed">As typed.</param>
    /// <param name="known">Those that there are.</param>
    /// <param name="where">Where they are known, for the message.</param>
    /// <exception cref="UsageException">One is not known.</exception>
    internal static ImmutableHashSet<string>? Types(ImmutableArray<string> typed, IReadOnlyCollection<string> known, string where)
    {
        var unknown = typed.Where(t => !known.Contains(t, StringComparer.Ordinal)).ToList();
        return unknown.Count > 0
                ? throw new UsageException([
                    .. unknown.Select(t => new Fault(
                        $"--types={UntrustedText.Brief(t, 80)} is not a data type of {where}{NearestName.Hint(t, known)}."
                    )),
                ])
            : typed.IsEmpty ? null
            : [.. typed];
    }

    private static ImmutableHashSet<string> Stored(LoadedConfiguration loaded) =>
        (
            loaded.Levels is { } levels
                ? levels.Relevant
                : loaded.Settings.DataTypes.SelectMany(t =>
                    loaded.Tables.DataTypes.TryGetValue(t, out var type) ? type.Stores : []
                )
        )
            .Except(loaded.Tables.RawTypes)
            .Where(loaded.Context.Hashes.ContainsKey)
            .ToImmutableHashSet();

    private static ImmutableArray<ExpectedData> Expected(
        LoadedConfiguration loaded,
        EnteredRuns entered,
        ImmutableHashSet<string> types,
        InFlightWork flight,
        RunScope scope
    )
    {
        var hashes = loaded.Context.Hashes;
        return
        [
            .. entered
                .Runs.Concat(scope.Runs ?? [])
                .Distinct()
                .Order()
                .SelectMany(run =>
                    types
                        .Order(StringComparer.Ordinal)
                        .SelectMany(type =>
                            HashesOf(run, type, entered, hashes)
                                .Select(hash => new ExpectedData(run, type, hash)
                                {
                                    Asked = AskedFor(loaded, type),
                                    Rse = Destinations.Of(loaded.Settings, type),
                                    Work =
                                        flight.DetailOf(run, type, ImmutableDictionary<string, string>.Empty.Add(type, hash)) is null
                                            ? WorkState.None
                                            : WorkState.Open,
                                })
                        )
                ),
        ];
    }

    private static IEnumerable<string> HashesOf(
        int run,
        string type,
        EnteredRuns entered,
        ImmutableSortedDictionary<string, string> hashes
    ) =>
        entered
            .Of(run, type)
            .Where(e => e.InRucio && e.IsOf(run, type))
            .Select(e => e.Hash!)
            // It becomes part of a path.
            .Where(hash => Hash().IsMatch(hash))
            .Concat(hashes.Where(h => h.Key == type).Select(h => h.Value))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    /// <summary>The data type to process so that a type is stored.</summary>
    private static string AskedFor(LoadedConfiguration loaded, string type) =>
        loaded.Levels is not null || loaded.Tables.DataTypes.ContainsKey(type)
            ? type
            : loaded.Tables.DataTypes.Values.FirstOrDefault(t => t.Stores.Contains(type))?.Name ?? type;

    private static string TitleOf(RunScope scope) =>
        scope.Runs is { } runs ? $"{Counted.Of(runs.Length, "run")} {RunRanges.Text(runs)}"
        : scope.Highest is { } highest ? $"runs {scope.Lowest} to {highest}"
        : $"runs from {scope.Lowest} on";

    [GeneratedRegex(@"\A[A-Za-z0-9]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Hash();
}
