using System.Text;
using Outsource.Model.Tables;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Model.Tables;

/// <summary>The page of <c>docs/</c> that shows the table of what the jobs' packages read.</summary>
internal static class JobKeyPage
{
    private const string Heading = """
        # What the jobs' packages read

        A job takes a `.xenon_config` of its own along: what its packages read of the operator's, and nothing else. This page and that file are made from one table, `tasks/tables/job-keys.yml`; it also says
        in which releases it was read. A copy of it in `tables_folder` replaces it, as with the [other tables](tables.md): for a key that a package of your own asks for.

        `travels` — given: as you have it. always: as you have it, else the stand-in, for without it a package cannot be imported. upload: as given, but not with `--debug`. hidden: the stand-in, whatever you have.
        never: it stays at home. A value that is read at *import* and is not accepted is refused by LoadConfig, since every job would end with exit 20; Preflight looks at the very file that is shipped.

        Not to be had, and so not in it: cutax (private) and what xedocs asks for.

        """;

    /// <summary>The page, lines ended by <c>\n</c>.</summary>
    public static string Markdown()
    {
        var keys = Given.JobKeys;
        var text = new StringBuilder(Heading.ReplaceLineEndings("\n"));
        text.Append(
            "\n## `.xenon_config`\n\n| key | travels | when | read by | accepts | without it, or with another "
                + "|\n|---|---|---|---|---|---|\n"
        );
        foreach (var key in keys.Config)
        {
            var travel = key.Travel.ToString().ToLowerInvariant() + (key.StandIn is { } standIn ? $", `{standIn}`" : "");
            Row(text, $"`[{key.Section}] {key.Name}`", travel, When(key), key.ReadBy, key.Accepts, key.Otherwise);
        }

        text.Append(
            "\n## `rucio.cfg`\n\n| key | when | read by | accepts | without it, or with another | from |\n|---|---|---|---|---|---|\n"
        );
        foreach (var key in keys.Rucio)
        {
            Row(text, $"`[{key.Section}] {key.Name}`", When(key), key.ReadBy, key.Accepts, key.Otherwise, key.From);
        }

        text.Append(
            "\n## Environment\n\n| variable | when | read by | accepts | without it, or with another | from |\n|---|---|---|---|---|---|\n"
        );
        foreach (var key in keys.Environment)
        {
            Row(text, $"`{key.Name}`", When(key), key.ReadBy, key.Accepts, key.Otherwise, key.From);
        }

        return text.ToString();
    }

    private static string When(JobKey key) => key.AtImport ? "import" : "use";

    private static void Row(StringBuilder text, params string[] cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
}
