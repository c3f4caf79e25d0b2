using Outsource.Errors;

namespace Outsource.CommandLine;

/// <summary>An option that only some targets know is refused at the others: nobody should wait for a document that never comes.</summary>
public static class OptionTargets
{
    /// <exception cref="UsageException">An option is given that the target does not know.</exception>
    public static void Check(Invocation invocation)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        foreach (var option in OptionCatalog.Ours.Where(o => !o.Targets.IsEmpty && invocation.Has(o.Name)))
        {
            if (!invocation.OnlyLooks && !option.Targets.Contains(invocation.Target))
            {
                throw new UsageException($"--{option.Name}: the target {invocation.Target} does not know it; {string.Join(", ", option.Targets)} {(option.Targets.Length == 1 ? "does" : "do")}. Nothing was run.");
            }
        }

        if (!invocation.OnlyLooks && invocation.Has("fail-if-shrunk") && !invocation.Has("previous"))
        {
            throw new UsageException("--fail-if-shrunk compares with the plan of --previous=FOLDER: name it. Nothing was run.");
        }
    }
}
