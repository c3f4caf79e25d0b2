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
    public void Show(int width, int height, bool dark = false) => Show(width, height, dark, "screen");

    /// <summary>As it would be printed.</summary>
    public void ShowPrinted() => Show(800, 1100, false, "print");

    /// <summary>Whether pages that are opened after this run their scripts.</summary>
    public void RunScripts(bool run) =>
        Page.ExecuteCdpCommand("Emulation.setScriptExecutionDisabled", new Dictionary<string, object?> { ["value"] = !run });

    /// <summary>Files that a page gives are put into a folder, and it may use the clipboard.</summary>
    public void AllowCopies(string folder)
    {
        _ = Page.ExecuteCdpCommand(
            "Browser.setDownloadBehavior",
            new Dictionary<string, object?> { ["behavior"] = "allow", ["downloadPath"] = folder }
        );
        _ = Page.ExecuteCdpCommand(
            "Browser.grantPermissions",
            new Dictionary<string, object?> { ["permissions"] = new[] { "clipboardReadWrite", "clipboardSanitizedWrite" } }
        );
    }

    private void Show(int width, int height, bool dark, string media)
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
                ["media"] = media,
                ["features"] = new[]
                {
                    new Dictionary<string, object> { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" },
                },
            }
        );
    }

    /// <summary>What the page answers later; the script calls its last argument with the answer.</summary>
    public T AskLater<T>(string script) => (T)((IJavaScriptExecutor)Page).ExecuteAsyncScript(script)!;

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
