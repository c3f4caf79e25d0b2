namespace Outsource.Model.Ledger;

/// <summary>
/// The rules that were asked about one run, in order, with what each answered. The rules report here while they decide, so that the
/// explanation and the decision cannot differ.
/// </summary>
public sealed class DecisionChain
{
    private readonly List<Decision> _ofRun = [];
    private readonly Dictionary<string, List<Decision>> _ofTypes = new(StringComparer.Ordinal);
    private List<Decision> _current;

    public DecisionChain() => _current = _ofRun;

    /// <summary>What was asked about the run as a whole.</summary>
    public IReadOnlyList<Decision> OfRun => _ofRun;

    /// <summary>What was asked about a data type, after the run as a whole; empty when the run was out before.</summary>
    public IReadOnlyList<Decision> Of(string type) => _ofTypes.TryGetValue(type, out var decisions) ? decisions : [];

    /// <summary>The decisions that follow are about a data type.</summary>
    public void BeginType(string type)
    {
        if (!_ofTypes.TryGetValue(type, out _current!))
        {
            _ofTypes[type] = _current = [];
        }
    }

    /// <summary>A rule was passed.</summary>
    public void Yes(Rule rule, string value) => _current.Add(new Decision(rule, true, value));

    /// <summary>A rule said no: its verdict, which the chain gets as well.</summary>
    /// <param name="chain">The chain, or null: nothing is explained.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="reason">The reason.</param>
    /// <param name="detail">The value that decided.</param>
    public static Verdict Refuse(DecisionChain? chain, Rule rule, Reason reason, string detail)
    {
        var verdict = new Verdict(reason, detail);
        chain?.No(rule, verdict);
        return verdict;
    }

    /// <summary>A rule said no, by the verdict that the ledger has.</summary>
    public void No(Rule rule, Verdict verdict) => _current.Add(new Decision(rule, false, verdict.Detail, verdict.Reason));
}
