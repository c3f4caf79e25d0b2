using Outsource.Foundation.Errors;
using Outsource.Model.Contexts;
using Outsource.Model.Tables;

namespace Outsource.Services.Contexts;

/// <summary>Checks that a context document has the hashes that a plan needs.</summary>
public static class ContextHashes
{
    /// <summary>
    /// Every hash that later stages look up must be there: of the data types asked for, what they store, and what they are made from.
    /// </summary>
    public static IReadOnlyList<Fault> Missing(ContextDocument document, IEnumerable<DataType> asked, DataTables tables)
    {
        var faults = new List<Fault>();
        foreach (var type in asked)
        {
            var needed = type
                .Stores.Select(s => (Name: s, Why: "which it stores"))
                .Append((Name: tables.RawTypeOf(type), Why: "the raw data it comes from"))
                .Append((Name: type.MadeFrom, Why: "which it is made from"));
            foreach (var (name, why) in needed.DistinctBy(n => n.Name))
            {
                if (!document.Hashes.TryGetValue(name, out var hash))
                {
                    faults.Add(
                        new Fault(
                            $"data type '{type.Name}' needs the hash of '{name}', {why}, but context '{document.Name}' (straxen "
                                + $"{document.StraxenVersion}) of {document.Origin} does not define it. {Remedy(type, name)}"
                        )
                    );
                }
                else if (hash.Length != 10 || hash.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c)))
                {
                    faults.Add(
                        new Fault(
                            $"context '{document.Name}' of {document.Origin}: the hash '{hash}' of '{name}' is not a lineage hash, which "
                                + "has 10 lower-case letters and digits. Correct the document."
                        )
                    );
                }
            }
        }

        return [.. faults.DistinctBy(f => f.Text)];
    }

    /// <summary>What to correct: a table that names a type the release does not have, the data types, or the context.</summary>
    private static string Remedy(DataType type, string missing) =>
        type.Stores.Contains(missing)
            ? $"If that release has no '{missing}', write that into {TablesReader.DataTypesFile} (stores of '{type.Name}': {{name: "
                + $"{missing}, until: straxen VERSION}}) in a folder that tables_folder names; otherwise drop '{type.Name}' from "
                + "dtypes, or choose another context."
            : $"Drop '{type.Name}' from dtypes, or choose another context.";
}
