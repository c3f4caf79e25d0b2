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
        _mayBeNull = Standard is null && !property.IsDefined(typeof(RequiredMemberAttribute));
        Default = declared.Default ?? SettingText.OfDefault(Standard);
        Option = declared.By.HasFlag(SetBy.Option) ? DeclareOption() : null;
        Key = declared.By.HasFlag(SetBy.Key) ? DeclareKey() : null;
    }

    /// <summary>As in <see cref="OutsourceSettings.Origins"/> and <c>settings.yml</c>.</summary>
    public string Name { get; }

    /// <summary>The C# type of its value.</summary>
    public Type Type => _property.PropertyType;

    /// <summary>What is used where nothing is set.</summary>
    public object? Standard { get; }

    /// <summary>The same, for people; null: nothing.</summary>
    public string? Default { get; }

    /// <summary>The unit of its number, or null.</summary>
    public string? Unit => _declared.Unit;

    /// <summary>Its key of <c>[Outsource]</c>, or null.</summary>
    public Key? Key { get; }

    /// <summary>Its option, or null.</summary>
    public Option? Option { get; }

    /// <summary>
    /// Whether a plan depends on it. The time of planning is none of it, nor how the name came about, nor who else may write in the
    /// folders; nor are proxy, token and cutax tarball, which travel with the jobs: WriteWorkflow looks at what is in them, and a shell in
    /// which another release is sourced still means the same plan.
    /// </summary>
    public bool Matters => !_declared.Incidental;

    /// <summary>Its value as artifacts and fingerprints see it: a text, a list of texts, or null.</summary>
    public object? Of(OutsourceSettings settings) => SettingText.Write(_property.GetValue(settings)) ?? _declared.NullText;

    /// <summary>Puts a value in that was read; only before anybody else sees the settings.</summary>
    internal void Set(OutsourceSettings settings, object? value) => _property.SetValue(settings, value);

    /// <summary>The value that a text of <c>settings.yml</c> stands for.</summary>
    /// <param name="recorded">A text, a list of texts, or null.</param>
    /// <exception cref="FormatException">It is none.</exception>
    internal object? Parse(object? recorded) =>
        recorded is null && !_mayBeNull
            ? throw new FormatException($"{Name} has no value")
            : SettingText.Read(Name, Type, recorded is string text && text == _declared.NullText ? null : recorded);

    private Option DeclareOption() =>
        new(Name.Replace('_', '-'), OptionAttribute.KindOf(Type), _declared.Meaning)
        {
            Placeholder = _declared.Placeholder,
            Allowed = [.. _declared.Allowed],
            Default = Type == typeof(bool) ? null : Default,
            ConfigKey = _declared.By.HasFlag(SetBy.Key) ? Name : null,
            Variable = _declared.Variable,
            Plans = true,
            Acts = _declared.Acts,
            Targets = TargetSets.Of(TargetSet.Settings),
        };

    private Key DeclareKey() =>
        new(KeyCatalog.Outsource, Name, _declared.Kind == KeyKind.ByType ? SettingText.KindOf(Type) : _declared.Kind, _declared.Meaning)
        {
            Default = Default,
            Sample = _declared.Sample,
            Required = _declared.Required,
            Restricts = _declared.Restricts,
            Least = _declared.Least,
            Greatest = _declared.Greatest,
            Option = Option,
        };
}

/// <summary>All settings, in the order of <see cref="OutsourceSettings"/>, which is that of <c>settings.yml</c>.</summary>
public static class SettingCatalog
{
    /// <summary>The defaults alone.</summary>
    private static readonly OutsourceSettings Defaults = Blank();

    public static ImmutableArray<Setting> All { get; } =
    [
        .. typeof(OutsourceSettings)
            .GetProperties()
            .Select(p => (Property: p, Declared: p.GetCustomAttribute<SettingAttribute>()))
            .Where(d => d.Declared is not null)
            .Select(d => new Setting(d.Property, d.Declared!, Defaults)),
    ];

    /// <summary>All settings by name.</summary>
    public static ImmutableDictionary<string, Setting> ByName { get; } = All.ToImmutableDictionary(s => s.Name, StringComparer.Ordinal);

    /// <summary>Settings made from the values of all of them.</summary>
    /// <param name="value">The value of a setting, as its type has it.</param>
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

    /// <summary>Every property has its initial value; those that are required are filled in before anybody sees it.</summary>
    private static OutsourceSettings Blank() => Activator.CreateInstance<OutsourceSettings>();
}
