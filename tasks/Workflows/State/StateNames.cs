namespace Outsource.Workflows.State;

/// <summary>States as reports and JSON write them: lower case.</summary>
public static class StateNames
{
    public static string Spell<T>(T state)
        where T : struct, Enum => state.ToString().ToLowerInvariant();
}
