using Outsource.Configuration;
using Outsource.Http;
using Outsource.Runs;

namespace Outsource.RunDb;

/// <summary>Makes what asks the RunDB over MongoDB.</summary>
internal static class MongoSources
{
    public static IRunSource Runs(RunDbCredentials credentials, OutsourceSettings settings, TransportLimits limits) =>
        throw new Errors.UsageException("rundb = mongo: not built yet.");
}
