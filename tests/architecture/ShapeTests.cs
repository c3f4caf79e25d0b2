using System.Reflection;

namespace Outsource.Tests.Architecture;

/// <summary>
/// What the analyzers of .editorconfig have no rule for (CONTRIBUTING, "Short methods"): how much a method is told, and that no caller has
/// to say "true" or "false" to it. A record is data: what it holds is counted nowhere.
/// </summary>
internal sealed class ShapeTests
{
    private const int MostParameters = 6;

    [Test]
    public void Should_be_told_little_if_a_method_is_called()
    {
        var wordy = Members().Where(m => m.GetParameters().Length > MostParameters).Select(Name);

        Assert.That(wordy, Is.Empty, $"more than {MostParameters} parameters");
    }

    [Test]
    public void Should_take_no_flag_if_others_call_it()
    {
        var flags = Members()
            .Where(m => m.IsPublic || m.IsAssembly)
            .SelectMany(m => m.GetParameters().Where(IsFlag).Select(p => $"{Name(m)}({p.Name})"));

        Assert.That(flags, Is.Empty, "flags: two methods, an enum or a property say it better");
    }

    private static IEnumerable<MethodBase> Members() =>
        new[] { typeof(OutsourceContext).Assembly, typeof(Outsource.Build.Hosting.Screen).Assembly }
            .SelectMany(a => a.GetTypes())
            .Where(t => IsHeld(t) && !IsRecord(t))
            .SelectMany(t =>
                t.GetMembers(
                        BindingFlags.DeclaredOnly
                            | BindingFlags.Public
                            | BindingFlags.NonPublic
                            | BindingFlags.Instance
                            | BindingFlags.Static
                    )
                    .OfType<MethodBase>()
            )
            .Where(m => (m.IsConstructor || !m.IsSpecialName) && !m.Name.Contains('<', StringComparison.Ordinal));

    private static bool IsHeld(Type type) =>
        !type.FullName!.Contains('<', StringComparison.Ordinal)
        && (type.Namespace == "Outsource" || type.Namespace?.StartsWith("Outsource.", StringComparison.Ordinal) == true);

    private static bool IsRecord(Type type) =>
        type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly) is not null;

    private static bool IsFlag(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(bool) || parameter.ParameterType == typeof(bool?);

    private static string Name(MethodBase member) => $"{member.DeclaringType!.FullName}.{member.Name}";
}
