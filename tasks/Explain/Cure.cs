using Outsource.Configuration;

namespace Outsource.Explain;

/// <summary>What would turn a "no" into a "yes".</summary>
/// <param name="Text">What to do, in a line: <c>--mode=tpc_noise</c>, <c>wait: transferring to UC_OSG_USERDISK</c>.</param>
/// <param name="Change">The same as a change of the settings; null: it is not in the operator's hand, or not in the settings'.</param>
public sealed record Cure(string Text, Func<OutsourceSettings, OutsourceSettings>? Change = null);
