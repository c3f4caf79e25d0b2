using Outsource.Foundation.Files;
using Outsource.Foundation.Text;

namespace Outsource.Model.Tables;

/// <summary>One of the tables' files.</summary>
/// <param name="Path">The file.</param>
/// <param name="Root">Its keys.</param>
internal sealed record TableDocument(string Path, YamlMap Root)
{
    /// <summary>Reports each key of a mapping that is not allowed there.</summary>
    /// <param name="node">The mapping.</param>
    /// <param name="allowed">The keys that are allowed.</param>
    /// <param name="wrong">Gets what is wrong.</param>
    public static void CheckKeys(YamlMap node, string[] allowed, Action<string> wrong)
    {
        foreach (var key in node.Keys().Where(k => !allowed.Contains(k)))
        {
            wrong($"unknown key '{key}'{NearestName.Hint(key, allowed)}.");
        }
    }
}
