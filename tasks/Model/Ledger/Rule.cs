namespace Outsource.Model.Ledger;

/// <summary>The rules that decide, in the order in which they are asked.</summary>
public enum Rule
{
    // Of the run as a whole.
    Document,
    MinRunNumber,
    Range,
    Tags,
    Mode,
    Source,
    Detector,

    // Of a data type.
    TypeDetector,
    RunDetectors,
    LedModes,
    Stored,
    InFlight,

    // Of its input.
    Parent,
    RawPresent,
    RawInRucio,
    RawLocal,
    RawHash,
    RawStatus,
    RawReadable,
    RawRse,

    // Of the selection as a whole, and of the plan.
    MaxDaily,
    Chunks,
}

/// <summary>Names of the rules.</summary>
public static class Rules
{
    /// <summary>The name of a rule, as explanations show it: <c>raw-rse</c>.</summary>
    public static string Spell(Rule rule) =>
        rule switch
        {
            Rule.Document => "document",
            Rule.MinRunNumber => "min-run-number",
            Rule.Range => "range",
            Rule.Tags => "tags",
            Rule.Mode => "mode",
            Rule.Source => "source",
            Rule.Detector => "detector",
            Rule.TypeDetector => "type-detector",
            Rule.RunDetectors => "run-detectors",
            Rule.LedModes => "led-modes",
            Rule.Stored => "stored",
            Rule.InFlight => "in-flight",
            Rule.Parent => "parent",
            Rule.RawPresent => "raw-present",
            Rule.RawInRucio => "raw-in-rucio",
            Rule.RawLocal => "raw-local",
            Rule.RawHash => "raw-hash",
            Rule.RawStatus => "raw-status",
            Rule.RawReadable => "raw-readable",
            Rule.RawRse => "raw-rse",
            Rule.MaxDaily => "max-daily",
            Rule.Chunks => "chunks",
        };
}
