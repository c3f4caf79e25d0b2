using Cake.Core;

namespace Cake.Frosting;

/// <summary>What tasks are given. A host's own context derives from it.</summary>
public class FrostingContext(ICakeContext context) : CakeContextAdapter(context), IFrostingContext;
