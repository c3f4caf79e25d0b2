using System.Text;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Foundation.Machine;

namespace Outsource.Operator.GitHubActions;

/// <summary>The files that GitHub Actions reads after a step: its outputs, and the page with its summary.</summary>
/// <param name="host">This machine: disk, variables, user, clock.</param>
public sealed class ActionsFiles(HostEnvironment host)
{
    /// <summary>The maximum for one step in GitHub, in bytes.</summary>
    public const int SummaryLimit = 1024 * 1024;

    /// <summary>Adds outputs. Each value is between delimiters that do not occur in it.</summary>
    public void Output(IEnumerable<KeyValuePair<string, string>> outputs)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in outputs)
        {
            var end = "END";
            while (value.Split('\n').Contains(end))
            {
                end += "_";
            }

            text.Append(name).Append("<<").Append(end).Append('\n').Append(value).Append('\n').Append(end).Append('\n');
        }

        Append("GITHUB_OUTPUT", text.ToString());
    }

    /// <summary>Adds to the summary; text beyond the limit is cut at a line, with a note.</summary>
    public void Summary(string markdown)
    {
        const string Cut = "\n\n… cut here: GitHub limits the summary of a step.\n";
        if (Encoding.UTF8.GetByteCount(markdown) > SummaryLimit)
        {
            var kept = markdown[..Math.Min(markdown.Length, SummaryLimit / 4)];
            markdown = kept[..(kept.LastIndexOf('\n') + 1)] + Cut;
        }

        Append("GITHUB_STEP_SUMMARY", markdown);
    }

    private void Append(string variable, string text)
    {
        if (host.Variable(variable) is not { } path)
        {
            return;
        }

        try
        {
            // For a trial the variable may be /dev/stdout or /dev/null.
            if (!path.StartsWith("/dev/", StringComparison.Ordinal))
            {
                RegularFile.Check(host.Disk, path);
            }

            host.Disk.File.AppendAllText(path, text);
        }
        catch (Exception error) when (DiskFault.Is(error))
        {
            throw new OutsourceException(
                $"${variable} is '{path}', which cannot be written: {DiskFault.Why(error, path)}. The plan is made anyway; set "
                    + $"{variable} to a writable file, or unset it.",
                inner: error
            );
        }
    }
}
