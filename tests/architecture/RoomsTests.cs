using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;

namespace Outsource.Tests.Architecture;

/// <summary>The plan of the house (CONTRIBUTING, "Rooms"): which room may use which.</summary>
internal sealed class RoomsTests
{
    private const string Hall = "(hall)";

    /// <summary>The rooms, lowest first. A room may use those before it; rooms of one line do not know each other.</summary>
    private static readonly string[][] Order =
    [
        ["Foundation"],
        ["Settings"],
        ["Model"],
        ["Artifacts"],
        ["Services", "Engines"],
        ["Workflows"],
        [Hall],
        ["LoadConfig"],
        ["QueryRuns"],
        ["FilterModes"],
        ["PlanChunks"],
        ["WriteWorkflow"],
        ["PegasusPlan"],
        ["PegasusRun"],
        ["Operator"],
    ];

    private static readonly Lazy<ArchUnitNET.Domain.Architecture> Loaded = new(() =>
        new ArchLoader().LoadAssemblies(typeof(OutsourceContext).Assembly).Build()
    );

    [Test]
    public void Should_know_every_room()
    {
        var rooms = Types().Select(RoomOf).Distinct().Order(StringComparer.Ordinal);

        Assert.That(rooms, Is.EqualTo(Order.SelectMany(r => r).Order(StringComparer.Ordinal)));
    }

    [Test]
    public void Should_point_downward_if_one_room_uses_another()
    {
        var against = Types()
            .SelectMany(type => type.Dependencies.Select(use => (From: type, To: use.Target)))
            .Where(use => IsOurs(use.To) && RoomOf(use.From) != RoomOf(use.To) && RankOf(use.To) >= RankOf(use.From))
            .Select(use => $"{RoomOf(use.From)} -> {RoomOf(use.To)}: {use.From.FullName} uses {use.To.FullName}")
            .Distinct()
            .Order(StringComparer.Ordinal);

        Assert.That(against, Is.Empty);
    }

    /// <summary>Within a room its folders form no circle either.</summary>
    [Test]
    public void Should_have_no_circle_if_a_room_has_folders(
        [Values("Foundation", "Settings", "Model", "Services", "Engines", "Workflows", "Operator")] string room
    )
    {
        SliceRuleDefinition.Slices().Matching($"Outsource.{room}.(**)").Should().BeFreeOfCycles().Check(Loaded.Value);
    }

    [Test]
    public void Should_be_named_as_the_folder_if_a_file_declares_a_namespace()
    {
        var wrong = new[] { ("tasks", "Outsource"), ("build", "Outsource.Build") }
            .SelectMany(place => Sources(place.Item1).Select(file => (File: file, Expected: NamespaceOf(place.Item2, file))))
            // The namespaces of that layer are those of Cake.Frosting.
            .Where(f => !f.File.StartsWith("build/Frosting/", StringComparison.Ordinal))
            .Where(f =>
                File.ReadLines(Path.Combine(Build.Checkout.Root, f.File))
                    .FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal))
                    is { } line
                && line != $"namespace {f.Expected};"
            )
            .Select(f => f.File);

        Assert.That(wrong, Is.Empty);
    }

    /// <summary>One reader knows the limits, the lines and what an empty text means; all others ask it.</summary>
    [Test]
    public void Should_be_read_through_one_reader_if_a_file_is_yaml()
    {
        var users = Types()
            .Where(type => type.Dependencies.Any(use => use.Target.FullName.StartsWith("YamlDotNet.", StringComparison.Ordinal)))
            .Select(type => type.FullName)
            .ToList();

        Assert.That(users, Has.Member("Outsource.Foundation.Files.YamlReader"));
        Assert.That(users.Where(name => !name.StartsWith("Outsource.Foundation.Files.Yaml", StringComparison.Ordinal)), Is.Empty);
    }

    /// <summary>Words of others that stand in tests as they were said are as long as they are.</summary>
    [Test]
    public void Should_be_narrow_if_a_source_is_read()
    {
        var wide = new[] { "tasks", "build", "tests", "bench" }
            .SelectMany(Sources)
            .SelectMany(file => File.ReadLines(Path.Combine(Build.Checkout.Root, file)).Select((line, i) => (file, line, i)))
            .Where(l => l.line.Length > 140 && !(IsTest(l.file) && IsQuoted(l.line)))
            .Select(l => $"{l.file}:{l.i + 1}");

        Assert.That(wide, Is.Empty, "lines of more than 140 columns");
    }

    private static bool IsQuoted(string line) =>
        line.Contains('"', StringComparison.Ordinal) || !";{(".Contains(line[^1], StringComparison.Ordinal);

    private static bool IsTest(string file) => file.StartsWith("tests/", StringComparison.Ordinal);

    private static IEnumerable<IType> Types() => Loaded.Value.Types.Where(IsOurs);

    private static bool IsOurs(IType type) =>
        type.Namespace?.FullName is { } name && (name == "Outsource" || name.StartsWith("Outsource.", StringComparison.Ordinal));

    private static string RoomOf(IType type) => type.Namespace.FullName is "Outsource" ? Hall : type.Namespace.FullName.Split('.')[1];

    private static int RankOf(IType type) => Array.FindIndex(Order, line => line.Contains(RoomOf(type)));

    private static IEnumerable<string> Sources(string folder) =>
        Directory
            .EnumerateFiles(Path.Combine(Build.Checkout.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Build.Checkout.Root, f))
            .Where(f =>
                !f.Contains("/obj/", StringComparison.Ordinal)
                && !f.Contains("/bin/", StringComparison.Ordinal)
            );

    private static string NamespaceOf(string root, string file) => string.Join('.', file.Split('/')[1..^1].Prepend(root));
}
