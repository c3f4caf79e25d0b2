using System.Collections.Immutable;
using Outsource.Foundation.Text;
using Outsource.Model.Contexts;
using Outsource.Model.Levels;

namespace Outsource.Operator.Context;

/// <summary>The levels of a context for the types that are asked for.</summary>
/// <param name="Question">What was asked.</param>
/// <param name="Description">The context.</param>
/// <param name="Plans">Detectors for which a type is asked for.</param>
public sealed record ContextAnswer(ContextQuestion Question, ContextDescription Description, ImmutableArray<LevelPlan> Plans)
{
    /// <summary>The context in one sentence.</summary>
    public string Summary =>
        $"Context {UntrustedText.Shown(Description.Name)}"
        + (Description.XedocsVersion is { } corrections ? $", {UntrustedText.Shown(corrections)}" : "")
        + (Description.Tag is { } tag ? $", release {UntrustedText.Shown(tag)}" : "")
        + $" ({string.Join(", ", Description.Versions.Select(v => $"{v.Key} {v.Value}"))}): "
        + $"{Counted.Of(Description.Tree.Plugins, "plugin")}, {Counted.Of(Description.Tree.Order.Length, "data type")}.";

    /// <summary>Where it is from.</summary>
    public string Source =>
        Description.Digest is { } digest ? $"From {Description.Origin} (sha256 {digest[..12]})." : $"From {Description.Origin}.";

    /// <summary>What the operator must know before relying on it, a sentence each.</summary>
    public IEnumerable<string> Warnings
    {
        get
        {
            foreach (var remark in Description.Remarks)
            {
                yield return $"{remark.TrimEnd('.')}.";
            }

            if (Question.Request.Tag is { } image && Description.Tag is { } tag && image != tag)
            {
                yield return $"the description is of release {UntrustedText.Shown(tag)}, the image of {image}: jobs may make other hashes.";
            }
        }
    }

    /// <summary>Why a type is stored, in a few words.</summary>
    public static string Why(StoredType stored)
    {
        ArgumentNullException.ThrowIfNull(stored);
        return stored.Because switch
        {
            StoredBecause.Asked => "asked for",
            StoredBecause.OfLevel => "of the lower level",
            StoredBecause.OnTheWay => $"on the way to {stored.Of}",
            StoredBecause.Together => $"made together with {stored.Of}",
        };
    }
}
