using System.Collections.Immutable;

namespace Outsource.Settings.Options;

/// <summary>
/// Declares an option of the command line, on the property of <see cref="CommandOptions"/> that holds its value. The property's type gives
/// the kind: <c>bool</c> a flag, <c>string</c> one value, a list several. Parser, <c>--help</c>, completion and docs/options.md are made
/// from it.
/// </summary>
/// <param name="meaning">One line for <c>--help</c> and docs/options.md.</param>
/// <param name="targets">The targets that know it, besides those of <see cref="Of"/>.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OptionAttribute(string meaning, params Target[] targets) : Attribute
{
    public string Meaning => meaning;

    /// <summary>Its name, if it is not the property's name in lower case with dashes.</summary>
    public string? Name { get; init; }

    /// <summary>A set of targets that know it.</summary>
    public TargetSet Of { get; init; }

    /// <inheritdoc cref="Option.Placeholder"/>
    public string? Placeholder { get; init; }

    /// <inheritdoc cref="Option.Allowed"/>
    public string[] Allowed { get; init; } = [];

    /// <inheritdoc cref="Option.Default"/>
    public string? Default { get; init; }

    /// <inheritdoc cref="Option.Variable"/>
    public string? Variable { get; init; }

    /// <inheritdoc cref="Option.Plans"/>
    public bool Plans { get; init; }

    /// <inheritdoc cref="Option.Acts"/>
    public bool Acts { get; init; }

    /// <inheritdoc cref="Option.Everyday"/>
    public bool Everyday { get; init; }

    /// <inheritdoc cref="Option.Aliases"/>
    public string[] Aliases { get; init; } = [];

    /// <summary>Whether each value of a list is taken as it is typed, commas and blanks included.</summary>
    public bool Whole { get; init; }

    /// <summary>The option that a property declares.</summary>
    /// <param name="property">Its name.</param>
    /// <param name="type">Its type.</param>
    public Option Declare(string property, Type type) =>
        new(Name ?? Spelling.Kebab(property), Whole ? OptionKind.Repeated : KindOf(type), Meaning)
        {
            Placeholder = Placeholder,
            Allowed = [.. Allowed],
            Default = Default,
            Variable = Variable,
            Plans = Plans,
            Acts = Acts,
            Everyday = Everyday,
            Aliases = [.. Aliases],
            Targets = [.. TargetSets.Of(Of).Concat(targets)],
        };

    /// <summary>The kind of an option whose value has that type.</summary>
    public static OptionKind KindOf(Type type) =>
        type == typeof(bool) ? OptionKind.Flag
        : (Nullable.GetUnderlyingType(type) ?? type) is { IsGenericType: true } list
        && list.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
            ? OptionKind.List
        : OptionKind.Value;
}
