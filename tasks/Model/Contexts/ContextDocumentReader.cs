using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Text;

namespace Outsource.Model.Contexts;

/// <summary>Reads context documents, wherever they come from.</summary>
public static class ContextDocumentReader
{
    /// <summary>Seconds from 1970 to the end of the year 9999.</summary>
    private const long MostSeconds = 253402300799;

    /// <summary>Reads one document of the collection. Faults are added; the document is null when there were any.</summary>
    /// <param name="json">The document.</param>
    /// <param name="subject">What it is called in faults: <c>context document 2 ('xenonnt_v14')</c> begins with it.</param>
    /// <param name="origin">Where it came from.</param>
    /// <param name="faults">Gets what is wrong.</param>
    public static ContextDocument? Read(JsonElement json, string subject, string origin, ICollection<Fault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        if (json.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new Fault($"{subject}: expected a JSON object, found {Kind(json)}.", origin));
            return null;
        }

        var before = faults.Count;
        var reading = new Reading(json, origin, faults) { Subject = subject };
        var name = reading.Needed("name");
        reading.Subject = name is null ? subject : $"{subject} ('{name}')";
        var straxen = reading.StraxenVersion();
        var remarks = ImmutableArray.CreateBuilder<string>();
        var hashes = reading.Hashes(name, remarks);
        var document = new ContextDocument
        {
            Name = name ?? "",
            Tag = reading.Text("tag"),
            StraxenVersion = straxen ?? "",
            StraxVersion = reading.Text("strax_version"),
            CutaxVersion = reading.Text("cutax_version"),
            XedocsVersion = reading.Text("xedocs_version"),
            Hashes = hashes,
            DateAdded = json.TryGetProperty("date_added", out var date) ? Date(date) : null,
            Origin = origin,
        };
        remarks.AddRange(reading.Remarks());
        return faults.Count > before ? null : document with { Remarks = remarks.ToImmutable() };
    }

    /// <summary>The fields of one document.</summary>
    private sealed class Reading(JsonElement json, string origin, ICollection<Fault> faults)
    {
        /// <summary>What the document is called in faults.</summary>
        public required string Subject { get; set; }

        /// <summary>A text that must be there; null after a fault.</summary>
        public string? Needed(string field)
        {
            if (!json.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                Wrong($"field '{field}' is missing; it must be a text.");
                return null;
            }

            if (value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString()))
            {
                Wrong($"field '{field}' must be a text, found an empty one.");
                return null;
            }

            return Text(field);
        }

        /// <summary>A text that may be missing; null where it is, or is empty.</summary>
        public string? Text(string field)
        {
            if (!json.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            if (value.ValueKind != JsonValueKind.String)
            {
                Wrong($"field '{field}' must be a text, found {Kind(value)}.");
                return null;
            }

            return value.GetString() is { Length: > 0 } text ? text : null;
        }

        public string? StraxenVersion()
        {
            var straxen = Needed("straxen_version");
            if (straxen is not null && straxen.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-' or '+')))
            {
                // It becomes part of a path.
                Wrong(
                    $"field 'straxen_version' is '{straxen}', which is not a valid version: letters, digits, '.', '_', '-' and '+' only."
                );
            }

            return straxen;
        }

        /// <summary>Data type → lineage hash. A hash that is not a text is left out, with a remark.</summary>
        public ImmutableSortedDictionary<string, string> Hashes(string? name, ImmutableArray<string>.Builder remarks)
        {
            var hashes = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            if (!json.TryGetProperty("hashes", out var table))
            {
                Wrong("field 'hashes' is missing; it must map data types to lineage hashes.");
                return hashes.ToImmutable();
            }

            if (table.ValueKind != JsonValueKind.Object)
            {
                Wrong($"field 'hashes' must map data types to lineage hashes, found {Kind(table)}.");
                return hashes.ToImmutable();
            }

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

            return hashes.ToImmutable();
        }

        /// <summary>Remarks of the document itself.</summary>
        public IEnumerable<string> Remarks() =>
            json.TryGetProperty("remarks", out var said) && said.ValueKind == JsonValueKind.Array
                ? said.EnumerateArray()
                    .Where(r => r.ValueKind == JsonValueKind.String)
                    .Select(r => $"{origin}: {UntrustedText.Shown(r.GetString()!)}.")
                : [];

        private void Wrong(string text) => faults.Add(new Fault($"{Subject}: {text}", origin));
    }

    /// <summary>
    /// A date as text, as epoch seconds, or as MongoDB's export writes it. A date that cannot be read counts as missing:
    /// it only orders documents.
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
            JsonValueKind.Number when value.TryGetDouble(out var seconds) && seconds is > 0 and < MostSeconds =>
                DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000)),
            JsonValueKind.Object when value.TryGetProperty("$date", out var inner) => ExportedDate(inner),
            _ => null,
        };

    /// <summary>What MongoDB's export has under <c>$date</c>.</summary>
    private static DateTimeOffset? ExportedDate(JsonElement inner) =>
        inner.ValueKind switch
        {
            JsonValueKind.Number => inner.TryGetInt64(out var milliseconds) && milliseconds > 0 ? OfMilliseconds(milliseconds) : null,
            JsonValueKind.String => Date(inner),
            JsonValueKind.Object
                when inner.TryGetProperty("$numberLong", out var text)
                    && long.TryParse(text.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) =>
                OfMilliseconds(milliseconds),
            _ => null,
        };

    private static DateTimeOffset? OfMilliseconds(long milliseconds) =>
        milliseconds is >= 0 and < MostSeconds * 1000 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

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
