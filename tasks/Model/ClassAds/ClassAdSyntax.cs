namespace Outsource.Model.ClassAds;

/// <summary>
/// Checks that a text is one ClassAd expression, as HTCondor reads it: a requirement that does not parse is refused by <c>condor_submit</c>
/// only when DAGMan submits the job, hours into the workflow.
/// </summary>
public static class ClassAdSyntax
{
    /// <summary>What is wrong with an expression, or null.</summary>
    public static string? ErrorIn(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        try
        {
            _ = new ClassAdParser(expression).Whole();
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }
}
