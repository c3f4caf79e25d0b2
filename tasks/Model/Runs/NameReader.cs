using System.Collections.Immutable;
using System.Text.Json;
using Outsource.Foundation.Text;

namespace Outsource.Model.Runs;

/// <summary>Reads the lists of names of a run document: its detectors and tags.</summary>
/// <param name="pool">The strings that recur.</param>
internal sealed class NameReader(NamePool pool)
{
    /// <summary>A list of names, or one name; null for JSON's null, or where something is wrong.</summary>
    /// <param name="reader">On the value; behind it afterwards.</param>
    /// <param name="field">The field, for errors.</param>
    /// <param name="wrong">What is wrong with the value, or null.</param>
    public ImmutableArray<string>? ReadList(ref Utf8JsonReader reader, string field, out string? wrong) =>
        Read(ref reader, field, nameOfObjects: false, out wrong);

    /// <summary>As <see cref="ReadList"/>; an entry may also be an object that has a name.</summary>
    /// <param name="reader">On the value; behind it afterwards.</param>
    /// <param name="field">The field, for errors.</param>
    /// <param name="wrong">What is wrong with the value, or null.</param>
    public ImmutableArray<string>? ReadNamedList(ref Utf8JsonReader reader, string field, out string? wrong) =>
        Read(ref reader, field, nameOfObjects: true, out wrong);

    private ImmutableArray<string>? Read(ref Utf8JsonReader reader, string field, bool nameOfObjects, out string? wrong)
    {
        wrong = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return null;
            case JsonTokenType.String:
                return [pool.Get(ref reader)];
            case JsonTokenType.StartArray:
                break;
            default:
                wrong = $"'{field}' is {JsonShape.Kind(reader.TokenType)}, expected a list";
                reader.Skip();
                return null;
        }

        var names = ImmutableArray.CreateBuilder<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                names.Add(pool.Get(ref reader));
            }
            else if (nameOfObjects && reader.TokenType == JsonTokenType.StartObject && ReadNameOf(ref reader) is { } name)
            {
                names.Add(name);
            }
            else
            {
                // One of the tags may say that the run is bad: without the name of each the run cannot be judged.
                wrong ??= $"an entry of '{field}' has no name";
                reader.Skip();
            }
        }

        return names.DrainToImmutable();
    }

    private string? ReadNameOf(ref Utf8JsonReader reader)
    {
        string? name = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueTextEquals("name"u8);
            reader.Read();
            if (isName && reader.TokenType == JsonTokenType.String)
            {
                name = pool.Get(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return name;
    }
}
