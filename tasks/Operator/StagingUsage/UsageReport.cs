using System.Globalization;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Text;
using Outsource.Operator.Fetch;

namespace Outsource.Operator.StagingUsage;

/// <summary>Counts what a workflow has at the staging site, and shows it.</summary>
/// <param name="context">The run.</param>
/// <param name="name">The workflow's name.</param>
/// <param name="staged">Its results there.</param>
public sealed class UsageReport(OutsourceContext context, string name, StagedFiles staged)
{
    public const string Schema = "outsource/usage/1";

    private static readonly string[] Kinds = ["lower", "combine", "upper", "logs", "other"];

    /// <summary>Shows it.</summary>
    /// <exception cref="NothingToDoException">There is nothing.</exception>
    public void Show()
    {
        var files = staged.List(_ => true);
        var kinds = Kinds.Select(k => new KindUsage(k, [.. files.Where(f => KindOf(f.Name) == k).Select(f => f.Bytes)])).ToList();
        var total = new KindUsage("all", [.. files.Select(f => f.Bytes)]);
        if (context.Request.Invocation.Options.Json)
        {
            context.Request.Terminal().Profile.Out.Writer.Write(Json(kinds, total));
        }
        else
        {
            Draw([.. kinds.Where(k => k.Sizes.Count > 0), total]);
        }

        if (files.Count == 0)
        {
            throw new NothingToDoException($"workflow '{name}' has no files at the staging site.");
        }

        context.Messages.Result(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Usage: workflow '{name}' has {Counted.Of(files.Count, "file")} of {total.Bytes / 1e6:N1} MB at the staging site."
            )
        );
    }

    /// <summary>Files of one kind.</summary>
    /// <param name="Kind">The kind of output.</param>
    /// <param name="Sizes">Their bytes.</param>
    private sealed record KindUsage(string Kind, IReadOnlyList<long> Sizes)
    {
        public long Bytes => Sizes.Sum();

        public long Largest => Sizes.Count == 0 ? 0 : Sizes.Max();
    }

    private string KindOf(string file) =>
        staged.LevelOf(file) is { } level ? level.ToString().ToLowerInvariant()
        : file.EndsWith(".log", StringComparison.Ordinal) ? "logs"
        : "other";

    private string Json(IEnumerable<KindUsage> kinds, KindUsage total) =>
        JsonOutput.Render(
            new
            {
                Schema,
                Workflow = name,
                Addresses = staged.Addresses.Select(UntrustedText.Shown),
                Files = total.Sizes.Count,
                total.Bytes,
                Kinds = kinds.Select(k => new
                {
                    k.Kind,
                    Files = k.Sizes.Count,
                    k.Bytes,
                    LargestBytes = k.Largest,
                }),
            }
        );

    private void Draw(IEnumerable<KindUsage> rows)
    {
        static string Megabytes(long bytes) => (bytes / 1e6).ToString("N1", CultureInfo.InvariantCulture);
        var table = new ReportTable(new UsageTable());
        foreach (var row in rows)
        {
            var files = row.Sizes.Count.ToString("N0", CultureInfo.InvariantCulture);
            table.AddRow(row.Kind, files, Megabytes(row.Bytes), Megabytes(row.Largest));
        }

        context.Request.Terminal().Write(table);
    }
}
