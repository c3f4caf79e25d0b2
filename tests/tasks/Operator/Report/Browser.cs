using OpenQA.Selenium;
using OpenQA.Selenium.Chrome;

namespace Outsource.Tests.Operator.Report;

/// <summary>A Chromium of its own, without a window and without a network.</summary>
internal sealed class Browser : IDisposable
{
    private const string Program = "/usr/bin/chromium",
        Driver = "/usr/bin/chromedriver";

    private readonly ChromeDriverService _service;
    private readonly string _profile = Directory.CreateTempSubdirectory("outsource browser ").FullName;

    public Browser()
    {
        if (!File.Exists(Program) || !File.Exists(Driver))
        {
            Assert.Ignore(
                $"{Program} and {Driver} are not both there (Debian: chromium chromium-driver), so the report is not opened in a browser."
            );
        }

        var options = new ChromeOptions { BinaryLocation = Program };
        options.AddArguments(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--force-color-profile=srgb",
            $"--user-data-dir={_profile}"
        );
        options.SetLoggingPreference(LogType.Browser, LogLevel.All);
        _service = ChromeDriverService.CreateDefaultService(Path.GetDirectoryName(Driver), Path.GetFileName(Driver));
        _service.SuppressInitialDiagnosticInformation = true;
        Page = new ChromeDriver(_service, options, TimeSpan.FromMinutes(2));
    }

    public ChromeDriver Page { get; }

    /// <summary>A window of a size, light or dark.</summary>
    public void Show(int width, int height, bool dark = false)
    {
        _ = Page.ExecuteCdpCommand(
            "Emulation.setDeviceMetricsOverride",
            new Dictionary<string, object?>
            {
                ["width"] = width,
                ["height"] = height,
                ["deviceScaleFactor"] = 1,
                ["mobile"] = width < 500,
            }
        );
        _ = Page.ExecuteCdpCommand(
            "Emulation.setEmulatedMedia",
            new Dictionary<string, object?>
            {
                ["features"] = new[]
                {
                    new Dictionary<string, object> { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" },
                },
            }
        );
    }

    /// <summary>What the page gives.</summary>
    public T Ask<T>(string expression) => (T)((IJavaScriptExecutor)Page).ExecuteScript("return " + expression)!;

    public void Dispose()
    {
        Page?.Quit();
        Page?.Dispose();
        _service?.Dispose();
        Directory.Delete(_profile, recursive: true);
    }
}
