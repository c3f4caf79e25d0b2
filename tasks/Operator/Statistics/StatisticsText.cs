using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Operator.Statistics;

/// <summary>The output of pegasus-statistics, without the explanation of its columns.</summary>
public static class StatisticsText
{
    /// <exception cref="OutsourceException">It failed; its database exists only after its monitor has begun.</exception>
    public static IEnumerable<string> Of(CommandOutput said) =>
        said.ExitCode == 0 && !said.Out.Concat(said.Error).Any(l => l.StartsWith("Error: ", StringComparison.Ordinal))
            ? said.Out.Where(l => !l.StartsWith('#')).Select(UntrustedText.Shown)
        : said.Out.Concat(said.Error).Any(l => l.Contains("monitord still running", StringComparison.Ordinal))
            ? throw new OutsourceException("its monitor (pegasus-monitord) is still running; try again when it has ended.")
        : throw new OutsourceException($"pegasus-statistics failed with exit code {said.ExitCode}: {said.LastWords}");
}
