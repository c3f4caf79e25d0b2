using System.IO.Abstractions;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Model.Contexts;
using Outsource.Model.Levels;
using Outsource.Tests.Build;

namespace Outsource.Tests.Model.Levels;

/// <summary>
/// A context of straxen 4.0.0 as the exporter describes it, and what the Python program of today makes of it (tests/reference-today).
/// </summary>
internal static class Today
{
    public static string Folder { get; } = Path.Combine(Checkout.Root, "tests", "reference-today");

    public static string Text { get; } = File.ReadAllText(Path.Combine(Folder, "context-description.json"));

    public static LevelTable Table { get; } =
        new LevelTableReader(new FileSystem()).Read(Path.Combine(Checkout.Root, "tasks", "tables"), null);

    public static ContextDescription Description { get; } = Read(Text)!;

    public static DependencyTree Tree => Description.Tree;

    public static DetectorLevels Detector(string name) => Table.Detectors.Single(d => d.Name == name);

    public static ContextDescription? Read(string text, List<Fault>? faults = null)
    {
        using var json = JsonDocument.Parse(text);
        return new ContextDescriptionReader("description.json", faults ?? []).Read(json.RootElement);
    }
}
