using Outsource.Model.Runs;
using Outsource.Settings.Keys;

namespace Outsource.Operator.Explain;

/// <summary>A change that turns a "no" into a "yes".</summary>
/// <param name="Text">What to do, in a line: <c>--mode=tpc_noise</c>, <c>wait: transferring to UC_OSG_USERDISK</c>.</param>
/// <param name="Change">The same as a change of the settings; null: it is none.</param>
/// <param name="ChangeDocument">The same as a change of the run document, if its new content is known; null: it is none.</param>
public sealed record Remedy(
    string Text,
    Func<OutsourceSettings, OutsourceSettings>? Change = null,
    Func<RunDocument, RunDocument>? ChangeDocument = null
);
