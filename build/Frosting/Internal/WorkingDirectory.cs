using Cake.Core.IO;

namespace Cake.Frosting.Internal;

/// <summary>The folder that <see cref="CakeHostExtensions.UseWorkingDirectory"/> asked for.</summary>
internal sealed record WorkingDirectory(DirectoryPath Path);
