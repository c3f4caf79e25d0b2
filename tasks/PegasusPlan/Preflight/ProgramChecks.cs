using Outsource.Engines.Pegasus;
using Outsource.Foundation.Errors;

namespace Outsource.PegasusPlan.Preflight;

/// <summary>Checks the programs of the grid on this machine.</summary>
public sealed class ProgramChecks(IGridPrograms grid)
{
    /// <summary>Pegasus, HTCondor and Java, and whether HTCondor's schedd answers.</summary>
    public IEnumerable<CheckResult> Look() =>
        [Program("Pegasus", grid.Pegasus), Program("HTCondor", grid.Condor), Program("Java", grid.Java), Schedd()];

    private static CheckResult Program(string name, Func<InstalledProgram> find)
    {
        try
        {
            var found = find();
            return CheckResult.Ok(name, $"{found.Version} ({found.Path})");
        }
        catch (OutsourceException missing)
        {
            // The last sentence of the search's error says what to do.
            var end = missing.Message.TrimEnd('.').LastIndexOf(". ", StringComparison.Ordinal);
            return end < 0
                ? CheckResult.Failed(name, missing.Message, "")
                : CheckResult.Failed(name, missing.Message[..end], missing.Message[(end + 2)..]);
        }
    }

    private CheckResult Schedd()
    {
        try
        {
            return grid.AskSchedd() is { Jobs: null } answer
                ? CheckResult.Failed("schedd", answer.Silence!, "Run this on an access point with a running schedd, or wait.")
                : CheckResult.Ok("schedd", "answers");
        }
        catch (OutsourceException)
        {
            return CheckResult.Failed("schedd", "not asked: HTCondor's condor_q is missing", "See HTCondor above.");
        }
    }
}
