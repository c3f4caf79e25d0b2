using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using Outsource.Settings.Options;

namespace Outsource.Settings.Keys;

/// <summary>A setting, made from its one declaration (<see cref="SettingAttribute"/>).</summary>
public sealed class Setting
{
    private readonly PropertyInfo _property;
    private readonly SettingAttribute _declared;
    private readonly bool _mayBeNull;

    internal Setting(PropertyInfo property, SettingAttribute declared, OutsourceSettings defaults)
    {
        (_property, _declared) = (property, declared);
        Name = declared.Name ?? Spelling.Snake(property.Name);
        Standard = property.GetValue(defaults);
        _mayBeNull = Standard is null && !property.IsDefined(typeof(RequiredMemberAttribute), inherit: false);
        Default = declared.Default ?? SettingText.OfDefault(Standard);
        Option = declared.By.HasFlag(SetBy.Option) ? DeclareOption() : null;
        Key = declared.By.HasFlag(SetBy.Key) ? DeclareKey() : null;
    }

    /// <summary>As in <see cref="OutsourceSettings.Origins"/> and <c>settings.yml</c>.</summary>
    public string Name { get; }

    /// <summary>The C# type of its value.</summary>
    public Type Type => _property.PropertyType;

    /// <summary>The default.</summary>
    public object? Standard { get; }

    /// <summary>The default as text; null: none.</summary>
    public string? Default { get; }

    /// <summary>The default of a plan as text; null: none.</summary>
    public string? DefaultOf(PlanKind plan) => plan == PlanKind.ByLevel && _declared.ByLevel is { } own ? own : Default;

    /// <summary>The unit of its number, or null.</summary>
    public string? Unit => _declared.Unit;

    /// <summary>Its key of <c>[Outsource]</c>, or null.</summary>
    public Key? Key { get; }

    /// <summary>Its option, or null.</summary>
    public Option? Option { get; }

    /// <summary>
    /// Whether a plan depends on it. It does not depend on the time of planning, the origin of the name, or the access of others to the
    /// folders. Proxy, token and cutax tarball are sent with the jobs: WriteWorkflow compares their content, so that sourcing another
    /// release in the shell does not change the plan.
    /// </summary>
    public bool Matters => !_declared.Incidental;

    /// <summary>Whether its number is whole.</summary>
    public bool IsWhole => (Nullable.GetUnderlyingType(Type) ?? Type) != typeof(double);

    /// <summary>Whether 0 is allowed for a number that need not be whole.</summary>
    public bool MayBeZero => _declared.MayBeZero;

    /// <summary>The plans that read it.</summary>
    public PlanScope Plan => _declared.Plan;

    /// <summary>The words it may have; empty: any.</summary>
    public ImmutableArray<string> Allowed =>
        _declared.Allowed.Length > 0 ? [.. _declared.Allowed]
        : SettingText.WordType(Type) is { } words ? SettingText.Words(words)
        : [];

    /// <summary>Its value in artifacts and fingerprints: a text, a list of texts, or null.</summary>
    public object? Of(OutsourceSettings settings) => SettingText.Write(_property.GetValue(settings)) ?? _declared.NullText;

    /// <summary>Sets a value that was read; only before other code sees the settings.</summary>
    internal void Set(OutsourceSettings settings, object? value) => _property.SetValue(settings, value);

    /// <summary>Converts a text of <c>settings.yml</c> to the value.</summary>
    /// <param name="recorded">A text, a list of texts, or null.</param>
    /// <exception cref="FormatException">The text is not valid.</exception>
    internal object? Parse(object? recorded) =>
        recorded is null && !_mayBeNull
            ? throw new FormatException($"{Name} has no value")
            : SettingText.Read(Name, Type, recorded is string text && text == _declared.NullText ? null : recorded);

    /// <summary>What <c>--set</c> would have to say for values as <c>settings.yml</c> records them.</summary>
    public IEnumerable<string> Assignments(ImmutableArray<string> recorded) =>
        Key?.Kind == KeyKind.PerType ? recorded.Select(r => $"{Name}.{r}") : [$"{Name}={string.Join(',', recorded)}"];

    private Option DeclareOption() =>
        new(Name.Replace('_', '-'), OptionAttribute.KindOf(Type), _declared.Meaning)
        {
            Placeholder = _declared.Placeholder,
            Allowed = Allowed,
            Default = Type != typeof(bool) ? Default
                : _declared.ByLevel is { } level ? $"{Default}; in plans by level {level}"
                : null,
            MayBeOff = Type == typeof(bool) && _declared.By == SetBy.Both,
            ConfigKey = _declared.By.HasFlag(SetBy.Key) ? Name : null,
            Variable = _declared.Variable,
            Plans = true,
            Acts = _declared.Acts,
            Everyday = _declared.Everyday,
            Targets = [.. TargetSets.Of(TargetSet.Asking), .. _declared.Also],
        };

    private Key DeclareKey()
    {
        var kind = _declared.Kind == KeyKind.ByType ? SettingText.KindOf(Type) : _declared.Kind;
        return new(KeyCatalog.Outsource, kind == KeyKind.PerType ? Name + PerEnd : Name, kind, _declared.Meaning)
        {
            Default = Default,
            ByLevel = _declared.ByLevel,
            Sample = _declared.Sample,
            Required = _declared.Required,
            Restricts = _declared.Restricts,
            Least = _declared.Least,
            Greatest = _declared.Greatest,
            Option = Option,
            Plan = _declared.Plan,
            Synonym = _declared.Synonym,
        };
    }

    private string PerEnd => Type == typeof(NamedPaths) ? Key.PerNameEnd : Key.PerTypeEnd;
}

/// <summary>All settings, in the order of <see cref="OutsourceSettings"/>, which is that of <c>settings.yml</c>.</summary>
public static class SettingCatalog
{
    /// <summary>The defaults.</summary>
    private static readonly OutsourceSettings Defaults = Blank();

    public static ImmutableArray<Setting> All { get; } =
    [
        .. typeof(OutsourceSettings)
            .GetProperties()
            .SelectMany(
                // Looking for inherited attributes as well takes twice the time, at each start.
                p => p.GetCustomAttributes(typeof(SettingAttribute), inherit: false),
                (p, declared) => new Setting(p, (SettingAttribute)declared, Defaults)
            ),
    ];

    /// <summary>All settings by name.</summary>
    public static ImmutableDictionary<string, Setting> ByName { get; } = All.ToImmutableDictionary(s => s.Name, StringComparer.Ordinal);

    /// <summary>Settings made from the values of all of them.</summary>
    /// <param name="value">Gives the value of a setting, with its type.</param>
    public static OutsourceSettings Make(Func<Setting, object?> value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var made = Blank();
        foreach (var setting in All)
        {
            setting.Set(made, value(setting));
        }

        return made;
    }

    /// <summary>Every property has its initial value; required ones are set before other code sees it.</summary>
    private static OutsourceSettings Blank() => Activator.CreateInstance<OutsourceSettings>();
}
