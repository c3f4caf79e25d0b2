namespace Cake.Frosting.Internal;

/// <summary>A default that <see cref="CakeHostExtensions.UseCakeSetting"/> asked for.</summary>
internal sealed record FrostingConfigurationValue(string Key, string Value);
