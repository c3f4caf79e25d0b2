using Cake.Core;
using Cake.Frosting;

namespace Outsource;

/// <summary>What every task is given. Making one touches neither network nor disk, so that <c>--tree</c> and its like always work.</summary>
public sealed class OutsourceContext(ICakeContext context, RunRequest request) : FrostingContext(context)
{
    public RunRequest Request { get; } = request;
}
