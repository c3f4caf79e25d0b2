using Outsource.Errors;
using Outsource.Tools;

namespace Outsource.Statistics;

/// <summary>What pegasus-statistics prints, without the page that explains its columns.</summary>
public static class PegasusWords
{
    /// <exception cref="OutsourceException">It failed; its database is there only after its monitor began.</exception>
    public static IEnumerable<string> Of(CommandOutput said) => said.ExitCode == 0
        ? said.Out.Where(l => !l.StartsWith('#'))
        : throw new OutsourceException($"pegasus-statistics failed with exit code {said.ExitCode}: {said.LastWords}");
}
