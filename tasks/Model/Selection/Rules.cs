namespace Outsource.Model.Selection;

/// <summary>Names of the rules, as an explanation shows them; in the order they are asked.</summary>
public static class Rules
{
    // Of the run as a whole.
    public const string Document = "document",
        MinRunNumber = "min-run-number",
        Range = "range",
        Tags = "tags",
        Mode = "mode",
        Source = "source",
        Detector = "detector";

    // Of a data type.
    public const string TypeDetector = "type-detector",
        RunDetectors = "run-detectors",
        LedModes = "led-modes",
        Stored = "stored",
        InFlight = "in-flight";

    // Of its input.
    public const string Parent = "parent",
        RawPresent = "raw-present",
        RawInRucio = "raw-in-rucio",
        RawHash = "raw-hash",
        RawStatus = "raw-status",
        RawReadable = "raw-readable",
        RawRse = "raw-rse";

    // Of the selection as a whole, and of the plan.
    public const string MaxDaily = "max-daily",
        Chunks = "chunks";
}
