using System.Collections.Immutable;
using Outsource.Model.Ledger;

namespace Outsource.Model.Selection;

/// <summary>One way in which a rule refuses.</summary>
/// <param name="Reason">The reason that the ledger gets.</param>
/// <param name="When">Whether it refuses.</param>
/// <param name="Says">The value that decided, in a few words.</param>
internal sealed record Refusal<T>(Reason Reason, Func<T, bool> When, Func<T, string> Says);

/// <summary>A rule of the selection.</summary>
/// <param name="Rule">Its name.</param>
/// <param name="Refusals">The ways in which it refuses; the first that does decides.</param>
/// <param name="Passed">What an explanation says where none does.</param>
internal sealed record SelectionRule<T>(Rule Rule, ImmutableArray<Refusal<T>> Refusals, Func<T, string> Passed);

/// <summary>Rules in the order in which they are asked. The first that refuses decides.</summary>
internal sealed class RuleTable<T>(ImmutableArray<SelectionRule<T>> rules)
{
    /// <summary>The verdict of the rule that refuses, or null: all passed.</summary>
    /// <param name="subject">What is decided on.</param>
    /// <param name="chain">Gets what each rule says, or null.</param>
    public Verdict? Ask(T subject, DecisionChain? chain)
    {
        foreach (var rule in rules)
        {
            foreach (var refusal in rule.Refusals)
            {
                if (refusal.When(subject))
                {
                    return DecisionChain.Refuse(chain, rule.Rule, refusal.Reason, refusal.Says(subject));
                }
            }

            chain?.Yes(rule.Rule, rule.Passed(subject));
        }

        return null;
    }
}
