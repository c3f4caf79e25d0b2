using Outsource.Configuration;

namespace Outsource.LoadConfig;

internal static class SettingsOnDisk
{
    public static LoadedConfiguration Read(RunRequest request) => throw new NotSupportedException(request.ToString());
}

internal static class ReducedConfig
{
    public static string Of(Environs.Surroundings surroundings, LoadedConfiguration loaded) => "";
}
