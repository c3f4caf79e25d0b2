using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>Where the value of a setting may come from, besides its default.</summary>
[Flags]
public enum SetBy
{
    /// <summary>The program determines it.</summary>
    Nothing = 0,

    /// <summary>A key of <c>[Outsource]</c> with the setting's name.</summary>
    Key = 1,

    /// <summary>An option with the setting's name, with dashes, which this attribute declares.</summary>
    Option = 2,

    Both = Key | Option,
}

/// <summary>
/// Declares a setting, on the property of <see cref="OutsourceSettings"/> that holds its value. The property's type says how it is read and
/// written; its initial value is the default. Command line, <c>.xenon_config</c>, <c>Init</c>, <c>--help</c>, completion, the tables in
/// docs/, <c>settings.yml</c> and fingerprints are made from it.
/// </summary>
/// <param name="meaning">One line for people.</param>
/// <param name="by">Where its value may come from.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string meaning, SetBy by = SetBy.Nothing) : Attribute
{
    public string Meaning => meaning;

    public SetBy By => by;

    /// <summary>Its name in <c>settings.yml</c> and in the configuration, if it is not the property's name with underscores.</summary>
    public string? Name { get; init; }

    /// <summary>The kind of its key's value, if the property's type does not say it.</summary>
    public KeyKind Kind { get; init; } = KeyKind.ByType;

    /// <summary>Text for the default; null: the property's initial value.</summary>
    public string? Default { get; init; }

    /// <summary>Text for the default in plans by level; null: the same as <see cref="Default"/>.</summary>
    public string? ByLevel { get; init; }

    /// <summary>The unit of its number, where it is shown to people: <c>MB</c>; null: none.</summary>
    public string? Unit { get; init; }

    /// <summary>How <c>null</c> is written in <c>settings.yml</c>; null: as <c>null</c>.</summary>
    public string? NullText { get; init; }

    /// <inheritdoc cref="Option.Placeholder"/>
    public string? Placeholder { get; init; }

    /// <inheritdoc cref="Option.Allowed"/>
    public string[] Allowed { get; init; } = [];

    /// <inheritdoc cref="Option.Variable"/>
    public string? Variable { get; init; }

    /// <inheritdoc cref="Option.Acts"/>
    public bool Acts { get; init; }

    /// <inheritdoc cref="Option.Everyday"/>
    public bool Everyday { get; init; }

    /// <summary>Targets that take its option, besides those that ask the run database.</summary>
    public Target[] Also { get; init; } = [];

    /// <inheritdoc cref="Key.Sample"/>
    public string? Sample { get; init; }

    /// <inheritdoc cref="Key.Required"/>
    public bool Required { get; init; }

    /// <inheritdoc cref="Key.Restricts"/>
    public bool Restricts { get; init; }

    /// <inheritdoc cref="Key.Plan"/>
    public PlanScope Plan { get; init; }

    /// <inheritdoc cref="Key.Synonym"/>
    public string? Synonym { get; init; }

    /// <inheritdoc cref="Key.Least"/>
    public long Least { get; init; }

    /// <inheritdoc cref="Key.Greatest"/>
    public long Greatest { get; init; } = int.MaxValue;

    /// <summary>Whether 0 is allowed for a number that need not be whole.</summary>
    public bool MayBeZero { get; init; }

    /// <inheritdoc cref="Setting.Matters"/>
    public bool Incidental { get; init; }
}
