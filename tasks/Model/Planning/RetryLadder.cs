using System.Globalization;

namespace Outsource.Model.Planning;

/// <summary>
/// How requests and time limits grow when DAGMan retries a node: by the same share of the first amount with each retry, after some retries
/// that change nothing.
/// </summary>
/// <param name="Retries">How often a failed node is tried again.</param>
/// <param name="StaticRetries">The first of them that ask for the same again.</param>
/// <param name="Increment">Share of the first amount that each further retry adds: 0.2; 0: it never grows.</param>
public sealed record RetryLadder(int Retries, int StaticRetries, double Increment)
{
    /// <summary>Number of attempts.</summary>
    public int Attempts => Retries + 1;

    /// <summary>The amount at an attempt.</summary>
    /// <param name="amount">The amount of the first attempt.</param>
    /// <param name="retry">0 for the first attempt.</param>
    public double At(double amount, int retry) =>
        retry <= StaticRetries ? amount : (((retry - StaticRetries) * Increment) + 1) * amount;

    /// <summary>The same in whole units, as a request has it.</summary>
    /// <param name="amount">The amount of the first attempt.</param>
    /// <param name="retry">0 for the first attempt.</param>
    public long WholeAt(long amount, int retry) => (long)Math.Floor(At(amount, retry) + 1e-6);

    /// <summary>The amount as a ClassAd expression that HTCondor evaluates for each attempt.</summary>
    /// <param name="amount">The amount of the first attempt, in the unit of the attribute.</param>
    public string Expression(long amount)
    {
        var value = amount.ToString(CultureInfo.InvariantCulture);
        if (Increment == 0)
        {
            return value;
        }

        var steps = StaticRetries == 0 ? "DAGNodeRetry" : $"(DAGNodeRetry - {StaticRetries})";
        return $"ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry <= {StaticRetries}, {value}, "
            + $"({steps} * {Decimal(Increment)} + 1) * {value})";
    }

    /// <summary>A number as ClassAds, and Python, write a real one: <c>0.2</c>, <c>1.0</c>.</summary>
    private static string Decimal(double number)
    {
        var text = number.ToString("0.0################", CultureInfo.InvariantCulture);
        return double.Parse(text, CultureInfo.InvariantCulture) == 0 ? "0.0" : text;
    }
}
