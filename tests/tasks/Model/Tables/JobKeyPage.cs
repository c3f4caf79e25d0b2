using System.Text;
using Outsource.Model.Tables;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Model.Tables;

/// <summary>The page of <c>docs/</c> that shows the table of what the jobs' packages read.</summary>
internal static class JobKeyPage
{
    private const string Heading = """
        # What the jobs' packages read

        Each job gets its own `.xenon_config`. It contains the keys that the job's packages read, and no others. The table `tasks/tables/job-keys.yml` lists these keys, and in which releases they were found.
        The file and this page are made from it. If a package of your own needs another key, put a copy of the table into `tables_folder`; it replaces the table, as with the [other tables](tables.md).

        | travels | what the job's file has |
        |---|---|
        | given | your value, if there is one |
        | always | your value, else the stand-in, because a package cannot be imported without it |
        | upload | as given, but not with `--debug` |
        | hidden | always the stand-in, never your value |
        | never | nothing: the key is not given to jobs |

        LoadConfig refuses a value that is read at *import* and is not accepted, because every job would end with exit code 20. Preflight checks the file that jobs will get.

        Not included, because their sources are not public: cutax, and what xedocs reads.

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
