namespace Outsource.Settings.Keys;

/// <summary>How the work on a run is divided into jobs.</summary>
public enum PlanKind
{
    /// <summary>One family of jobs for each data type.</summary>
    ByType,

    /// <summary>A lower, a combine and an upper job family for each detector, each of which makes several data types.</summary>
    ByLevel,
}

/// <summary>The plans that read a setting.</summary>
public enum PlanScope
{
    Both,

    ByType,

    ByLevel,
}

/// <summary>A level whose tarballs are copied to the submit host.</summary>
public enum StageOutLevel
{
    Lower,

    Combine,

    Upper,
}

/// <summary>Where a description of the context is made.</summary>
public enum ContextSource
{
    /// <summary>In the environment of the shell if it fits the image, else inside the image.</summary>
    Auto,

    /// <summary>By the environment's python3.</summary>
    Environment,

    /// <summary>Inside the image.</summary>
    Image,
}

/// <summary>The kinds of plans in words.</summary>
public static class PlanKinds
{
    /// <summary>As it is written: <c>by-level</c>.</summary>
    public static string Word(this PlanKind plan) => plan == PlanKind.ByLevel ? "by-level" : "by-type";

    /// <summary>Whether a setting of that scope is read by a plan.</summary>
    public static bool Holds(this PlanScope scope, PlanKind plan) =>
        scope == PlanScope.Both || (scope == PlanScope.ByLevel) == (plan == PlanKind.ByLevel);
}
