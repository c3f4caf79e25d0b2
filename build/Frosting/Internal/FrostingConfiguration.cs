using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.IO;
using Spectre.Console.Cli;

namespace Cake.Frosting.Internal;

/// <summary><c>CAKE_*</c> variables, then <c>cake.config</c>, then arguments; the later wins.</summary>
internal sealed class FrostingConfiguration(
    IFileSystem fileSystem,
    ICakeEnvironment environment,
    IRemainingArguments arguments) : ICakeConfiguration
{
    private readonly ICakeConfiguration _values = new CakeConfigurationProvider(fileSystem, environment).CreateConfiguration(
        environment.WorkingDirectory,
        [],
        arguments.Parsed.ToDictionary(argument => argument.Key, argument => argument.FirstOrDefault() ?? ""));

    public string GetValue(string key) => _values.GetValue(key);
}
