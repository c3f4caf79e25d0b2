using Cake.Core;

namespace Cake.Frosting;

/// <summary>Marks a context that tasks can be given.</summary>
public interface IFrostingContext : ICakeContext;
