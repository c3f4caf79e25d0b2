using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Model.Contexts;

/// <summary>Reads context documents, wherever they come from.</summary>
public static class ContextDocumentReader
{
    /// <summary>Reads one document of the collection. Faults are added; the document is null when there were any.</summary>
    /// <param name="json">The document.</param>
    /// <param name="subject">What it is called in faults: <c>context document 2 ('xenonnt_v14')</c> begins with it.</param>
    /// <param name="origin">Where it came from.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static ContextDocument? Read(JsonElement json, string subject, string origin, ICollection<Fault> faults)
    {
        var before = faults.Count;
        void Wrong(string text) => faults.Add(new Fault($"{subject}: {text}", origin));
        if (json.ValueKind != JsonValueKind.Object)
        {
            Wrong($"expected a JSON object, found {Kind(json)}.");
            return null;
        }

        string? Text(string field, bool needed)
        {
            if (!json.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                if (needed)
                {
                    Wrong($"field '{field}' is missing; it must be a text.");
                }

                return null;
            }

            if (value.ValueKind != JsonValueKind.String || (needed && string.IsNullOrWhiteSpace(value.GetString())))
            {
                Wrong($"field '{field}' must be a text, found {(value.ValueKind == JsonValueKind.String ? "an empty one" : Kind(value))}.");
                return null;
            }

            return value.GetString() is { Length: > 0 } text ? text : null;
        }

        var name = Text("name", needed: true);
        subject = name is null ? subject : $"{subject} ('{name}')";
        var straxen = Text("straxen_version", needed: true);
        if (straxen is not null && straxen.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-' or '+')))
        {
            // It becomes part of a path.
            Wrong($"field 'straxen_version' is '{straxen}', which is no version: letters, digits, '.', '_', '-' and '+' only.");
        }

        var remarks = ImmutableArray.CreateBuilder<string>();
        var hashes = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (!json.TryGetProperty("hashes", out var table))
        {
            Wrong("field 'hashes' is missing; it must map data types to lineage hashes.");
        }
        else if (table.ValueKind != JsonValueKind.Object)
        {
            Wrong($"field 'hashes' must map data types to lineage hashes, found {Kind(table)}.");
        }
        else
        {
            foreach (var entry in table.EnumerateObject())
            {
                if (entry.Value.ValueKind == JsonValueKind.String && entry.Value.GetString() is { Length: > 0 } hash)
                {
                    hashes[entry.Name] = hash;
                }
                else
                {
                    remarks.Add(
                        $"context document '{name}' of {origin}: the hash of '{entry.Name}' is "
                            + $"{(entry.Value.ValueKind == JsonValueKind.String ? "empty" : Kind(entry.Value))} and was ignored; a "
                            + "lineage hash is a text."
                    );
                }
            }
        }

        var tag = Text("tag", needed: false);
        var strax = Text("strax_version", needed: false);
        var cutax = Text("cutax_version", needed: false);
        var xedocs = Text("xedocs_version", needed: false);
        if (json.TryGetProperty("remarks", out var said) && said.ValueKind == JsonValueKind.Array)
        {
            remarks.AddRange(
                said.EnumerateArray()
                    .Where(r => r.ValueKind == JsonValueKind.String)
                    .Select(r => $"{origin}: {UntrustedText.Shown(r.GetString()!)}.")
            );
        }

        return faults.Count > before
            ? null
            : new ContextDocument
            {
                Name = name!,
                Tag = tag,
                StraxenVersion = straxen!,
                StraxVersion = strax,
                CutaxVersion = cutax,
                XedocsVersion = xedocs,
                Hashes = hashes.ToImmutable(),
                DateAdded = json.TryGetProperty("date_added", out var date) ? Date(date) : null,
                Origin = origin,
                Remarks = remarks.ToImmutable(),
            };
    }

    /// <summary>
    /// A date as text, as epoch seconds, or as MongoDB's export writes it. What cannot be read is no date: it only orders documents.
    /// </summary>
    private static DateTimeOffset? Date(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String
                when DateTimeOffset.TryParse(
                    value.GetString(),
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out var date
                ) => date,
            JsonValueKind.Number when value.TryGetDouble(out var seconds) && seconds is > 0 and < 253402300799 =>
                DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)),
            JsonValueKind.Object when value.TryGetProperty("$date", out var inner) => inner.ValueKind == JsonValueKind.Number
            && inner.TryGetInt64(out var ms)
            && ms is > 0 and < 253402300799000
                ? DateTimeOffset.FromUnixTimeMilliseconds(ms)
            : inner.ValueKind == JsonValueKind.String ? Date(inner)
            : inner.ValueKind == JsonValueKind.Object
            && inner.TryGetProperty("$numberLong", out var text)
            && long.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var exported)
            && exported < 253402300799000
                ? DateTimeOffset.FromUnixTimeMilliseconds(exported)
            : null,
            _ => null,
        };

    private static string Kind(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "an array",
            JsonValueKind.Number => "a number",
            JsonValueKind.String => "a text",
            JsonValueKind.Null => "null",
            _ => "true or false",
        };
}
