using Outsource.Foundation.Files;
using Outsource.Model.Levels;

namespace Outsource.Operator.Context;

/// <summary>The levels of a context as one JSON document (docs/schemas/context-levels.schema.json).</summary>
public static class ContextJson
{
    public const string Schema = "outsource/context-levels/1";

    /// <summary>The document.</summary>
    public static string Render(ContextAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var description = answer.Description;
        return JsonOutput.Render(
            new
            {
                Schema,
                Context = description.Name,
                description.XedocsVersion,
                description.Tag,
                Straxen = description.Versions.GetValueOrDefault("straxen"),
                description.Origin,
                Sha256 = description.Digest,
                description.Assumed,
                description.Remarks,
                Asked = answer.Question.Types,
                answer.Question.Mode,
                Detectors = answer.Plans.Select(p => new
                {
                    Detector = p.Detector.Name,
                    p.Detector.Raw,
                    Lower = Of(p.Lower),
                    Upper = Of(p.Upper),
                    NotStored = p.NotStored.Select(n => new { n.Type, n.Why }),
                }),
            }
        );
    }

    private static object Of(Level level) =>
        new
        {
            level.Types,
            Makes = level.Makes.ToList(),
            Stores = level.Stored.Select(s => new
            {
                Type = s.Type.Name,
                Why = ContextAnswer.Why(s),
                SaveWhen = s.Type.SaveWhen.ToString().ToUpperInvariant(),
                s.Type.DataKind,
                s.Type.ItemSize,
                s.Type.Hash,
            }),
        };
}
