using System.IO.Abstractions.TestingHelpers;
using System.Text.Json;
using Outsource.Foundation.Errors;
using Outsource.Foundation.Files;
using Outsource.Model.Ledger;
using Outsource.Model.Runs;
using Outsource.Services.Http;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Tests.Fixtures;

namespace Outsource.Tests.Services.RunDb;

[TestFixture]
public sealed class RestRunSourceTests
{
    private const string TokenPath = "/home/tester/.dbtoken";

    private FakeRunDb _rundb = null!;
    private MockFileSystem _disk = null!;
    private Said _said = null!;

    [SetUp]
    public async Task SetUp()
    {
        _rundb = await FakeRunDb.StartAsync();
        _disk = Given.Disk();
        _disk.AddDirectory("/home/tester");
        _said = new Said();
    }

    [TearDown]
    public async Task TearDown() => await _rundb.DisposeAsync();

    [Test]
    public async Task Should_fetch_each_run_that_the_listing_does_not_decide_once_and_no_other()
    {
        _rundb.PageSize = 3;
        foreach (var number in Enumerable.Range(7000, 10))
        {
            _rundb.Add(Document(number, mode: number % 2 == 0 ? "tpc_noise" : "tpc_bkg"));
        }

        var runs = await QueryAsync();

        Assert.That(runs.Select(r => r.Number), Is.EquivalentTo(Enumerable.Range(7000, 10)));
        Assert.That(runs.Where(r => r.ListingOnly).Select(r => r.Number), Is.EquivalentTo(new[] { 7000, 7002, 7004, 7006, 7008 }));
        Assert.That(runs.Where(r => !r.ListingOnly).Select(r => r.Data.Single().Type), Is.All.EqualTo("raw_records"));
        Assert.That(
            _rundb.Server.Requests.Select(r => r.Path).Where(p => p.Contains("/number/")).Order(),
            Is.EqualTo(new[] { 7001, 7003, 7005, 7007, 7009 }.Select(n => $"/runs/number/{n}/"))
        );
        Assert.That(_rundb.Server.Count("/login"), Is.EqualTo(1));
    }

    [Test]
    public async Task Should_trust_a_limited_listing_with_nothing_if_it_lacks_a_field_that_decides()
    {
        _rundb.ListedFields = ["number", "mode", "detectors"];
        _rundb.Add(Document(7000, mode: "tpc_noise", tag: "bad"));

        var run = (await QueryAsync()).Single();

        Assert.That(run.ListingOnly, Is.False);
        Assert.That(run.Tags, Is.EqualTo(new[] { "bad" }));
    }

    [Test]
    public async Task Should_ask_for_a_few_named_runs_directly()
    {
        _rundb.Add(Document(7000));
        _rundb.Add(Document(7001));

        var runs = await QueryAsync(Scope with { Runs = [7001, 7777] });

        Assert.That(runs.Single().Number, Is.EqualTo(7001));
        Assert.That(
            _rundb.Server.Requests.Select(r => r.Path),
            Is.EquivalentTo(new[] { "/login", "/runs/number/7001/", "/runs/number/7777/" })
        );
    }

    [Test]
    public async Task Should_never_have_more_requests_under_way_than_allowed()
    {
        _rundb.Server.Delay = TimeSpan.FromMilliseconds(20);
        foreach (var number in Enumerable.Range(7000, 30))
        {
            _rundb.Add(Document(number));
        }

        await QueryAsync(limits: Limits with { Parallel = 3 });

        Assert.That(_rundb.Server.MostAtOnce, Is.EqualTo(3));
    }

    [Test]
    public async Task Should_give_a_run_a_verdict_if_the_service_fails_on_it()
    {
        foreach (var number in Enumerable.Range(7000, 40))
        {
            _rundb.Add(Document(number));
        }

        for (var i = 0; i < 3; i++)
        {
            _rundb.Server.Once("/runs/number/7003/", LoopbackServer.Status(500));
        }

        _rundb.Server.Once("/runs/number/7004/", LoopbackServer.Status(503));

        var runs = await QueryAsync();

        Assert.That(runs, Has.Count.EqualTo(40));
        Assert.That(
            runs.Single(r => r.Fault is not null) is { Number: 7003, Fault: { Reason: Reason.RunNotAnswered } fault }
                ? fault.Detail
                : "",
            Is.EqualTo(
                $"RunDB: GET {_rundb.Server.Address}runs/number/7003/ was answered with 500 Internal Server Error, 3 times. The "
                    + "service is overloaded or down; try again later."
            )
        );
        Assert.That(_rundb.Server.Count("/runs/number/7003/"), Is.EqualTo(3));
        Assert.That(_rundb.Server.Count("/runs/number/7004/"), Is.EqualTo(2));
    }

    [Test]
    public void Should_fail_as_a_whole_if_too_many_runs_fail()
    {
        foreach (var number in Enumerable.Range(7000, 10))
        {
            _rundb.Add(Document(number));
            for (var i = 0; i < 3; i++)
            {
                _rundb.Server.Once($"/runs/number/{number}/", LoopbackServer.Status(502));
            }
        }

        var error = Assert.ThrowsAsync<OutsourceException>(() => QueryAsync())!;

        Assert.That(error.Message, Does.StartWith("the RunDB failed on 1 of 10 runs, more than 5 % of them; the last: RunDB: GET "));
        Assert.That(error.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public void Should_fail_as_a_whole_if_the_listing_fails()
    {
        for (var i = 0; i < 3; i++)
        {
            _rundb.Server.Once("/runs/page/1", LoopbackServer.Status(500));
        }

        var error = Assert.ThrowsAsync<ServiceException>(() => QueryAsync())!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                $"RunDB: GET {_rundb.Server.Address}runs/page/1 was answered with 500 Internal Server Error, 3 times. The service is "
                    + "overloaded or down; try again later."
            )
        );
        Assert.That(error.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task Should_ask_again_if_an_answer_breaks_off()
    {
        _rundb.Add(Document(7000));
        _rundb.Server.Once("/runs/page/1", LoopbackServer.BrokenOff("""{"results": [{"number": 70"""));
        _rundb.Server.Once("/runs/page/1", http => LoopbackServer.JsonAsync(http, """{"results": [{"number": 70"""));
        _rundb.Server.Once("/runs/number/7000/", LoopbackServer.BrokenOff("""{"results": {"number": 70"""));

        Assert.That((await QueryAsync()).Single().Number, Is.EqualTo(7000));
        Assert.That(_rundb.Server.Count("/runs/page/1"), Is.EqualTo(3));
        Assert.That(_rundb.Server.Count("/runs/number/7000/"), Is.EqualTo(2));
    }

    [TestCase("""[1]""", "found a list, expected a JSON object with 'results', a list of run documents")]
    [TestCase("""{"error": "no"}""", "'results' is missing, expected a JSON object with 'results', a list of run documents")]
    [TestCase("""{"results": {}}""", "'results' is an object, expected a list")]
    [TestCase("garbage", "this is not JSON (at byte 0 of line 1), expected a JSON object with 'results', a list of run documents")]
    [TestCase(
        "<!DOCTYPE html><html></html>",
        "found an HTML page, expected a JSON object with 'results', a list of run documents; it may come from a proxy or a login page "
            + "in between"
    )]
    public void Should_name_url_field_and_expectation_if_the_listing_has_another_shape(string answer, string what)
    {
        _rundb.Server.Once("/runs/page/1", http => LoopbackServer.JsonAsync(http, answer));

        var error = Assert.ThrowsAsync<ServiceException>(() => QueryAsync())!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                $"RunDB: GET {_rundb.Server.Address}runs/page/1: the answer is not valid: {what}. Check rundb_api_url in "
                    + "[RunDB] of /home/tester/.xenon_config."
            )
        );
        Assert.That(error.ExitCode, Is.EqualTo(1));
        Assert.That(_rundb.Server.Count("/runs/page/1"), Is.EqualTo(1));
    }

    [Test]
    public void Should_say_which_keys_to_mend_if_the_password_is_wrong()
    {
        var error = Assert.ThrowsAsync<UsageException>(() => QueryAsync(password: "wr0ng-secret"))!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                $"RunDB: the login at {_rundb.Server.Address} is refused (401). Correct rundb_api_user and rundb_api_password in "
                    + "[RunDB] of /home/tester/.xenon_config."
            )
        );
        Assert.That(error.ExitCode, Is.EqualTo(2));
        Assert.That(_rundb.Server.Count("/login"), Is.EqualTo(1));
    }

    [Test]
    public async Task Should_try_the_login_three_times()
    {
        _rundb.Server.Once("/login", LoopbackServer.Status(500));
        _rundb.Server.Once("/login", LoopbackServer.Status(500));

        await QueryAsync(limits: Limits with { Tries = 1 });

        Assert.That(_rundb.Server.Count("/login"), Is.EqualTo(3));
    }

    [Test]
    public async Task Should_keep_a_new_token_in_the_format_of_the_jobs()
    {
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        await QueryAsync();

        using var json = JsonDocument.Parse(_disk.File.ReadAllText(TokenPath));
        Assert.That(json.RootElement.EnumerateObject().Select(p => p.Name), Is.EqualTo(new[] { "string", "creation_time", "user" }));
        Assert.That(json.RootElement.GetProperty("string").GetString(), Is.EqualTo(_rundb.Token));
        Assert.That(json.RootElement.GetProperty("creation_time").GetInt64(), Is.GreaterThanOrEqualTo(before));
        Assert.That(json.RootElement.GetProperty("user").GetString(), Is.EqualTo(FakeRunDb.User));
    }

    [Test]
    public async Task Should_keep_the_token_from_others()
    {
        var folder = Directory.CreateTempSubdirectory("outsource-token-").FullName;
        try
        {
            var path = Path.Combine(folder, ".dbtoken");
            var disk = new System.IO.Abstractions.FileSystem();
            await QueryAsync(disk: disk, token: path);
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(AtomicFile.Private));

            File.SetUnixFileMode(path, AtomicFile.Public);
            await QueryAsync(disk: disk, token: path);
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(AtomicFile.Private));
            Assert.That(_said.Warnings.Single(), Does.StartWith($"other users could read the RunDB token in {path}"));
            Assert.That(Directory.GetFiles(folder), Is.EqualTo(new[] { path }));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    [Test]
    public async Task Should_use_a_good_token_without_login()
    {
        await QueryAsync();
        var text = _disk.File.ReadAllText(TokenPath);

        await QueryAsync();

        Assert.That(_rundb.Server.Count("/login"), Is.EqualTo(1));
        Assert.That(_disk.File.ReadAllText(TokenPath), Is.EqualTo(text));
    }

    [TestCase("older")]
    [TestCase("other")]
    [TestCase("broken")]
    [TestCase("future")]
    [TestCase("header")]
    public async Task Should_log_in_again_if_the_token_cannot_be_used(string what)
    {
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        _disk.AddFile(
            TokenPath,
            new MockFileData(
                what switch
                {
                    "older" => $$"""{"string": "{{_rundb.Token}}", "creation_time": {{now - (48 * 3600) - 60}}, "user": "tester"}""",
                    "other" => $$"""{"string": "{{_rundb.Token}}", "creation_time": {{now}}, "user": "somebody"}""",
                    "future" => $$"""{"string": "{{_rundb.Token}}", "creation_time": {{now + 90000}}, "user": "tester"}""",
                    "header" => $$"""{"string": "two\nlines", "creation_time": {{now}}, "user": "tester"}""",
                    _ => "machine api login tester password secret",
                }
            )
        );

        await QueryAsync();

        Assert.That(_rundb.Server.Count("/login"), Is.EqualTo(1));
        Assert.That(_disk.File.ReadAllText(TokenPath), Does.Contain(_rundb.Token));
    }

    [Test]
    public async Task Should_accept_the_fractions_of_seconds_that_python_writes()
    {
        _disk.AddFile(
            TokenPath,
            new MockFileData(
                $$"""{"string": "{{_rundb.Token}}", "creation_time": {{DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 3600}}.25, "user": "tester"}"""
            )
        );

        await QueryAsync();

        Assert.That(_rundb.Server.Count("/login"), Is.Zero);
    }

    [Test]
    public async Task Should_not_touch_the_token_file_in_a_dry_run()
    {
        _disk.AddFile(TokenPath, new MockFileData("broken"));
        _rundb.Add(Document(7000));

        await QueryAsync(keep: false);

        Assert.That(_disk.File.ReadAllText(TokenPath), Is.EqualTo("broken"));
        Assert.That(_rundb.Server.Count("/login"), Is.EqualTo(1));
    }

    [Test]
    public async Task Should_renew_a_refused_token_once()
    {
        foreach (var number in Enumerable.Range(7000, 20))
        {
            _rundb.Add(Document(number));
        }

        _disk.AddFile(
            TokenPath,
            new MockFileData(
                $$"""{"string": "{{_rundb.Token}}", "creation_time": {{DateTimeOffset.UtcNow.ToUnixTimeSeconds()}}, "user": "tester"}"""
            )
        );
        _rundb.Server.Once(
            "/runs/number/7000/",
            async http =>
            {
                _rundb.ExpireTokens();
                await LoopbackServer.JsonAsync(http, "{}", 401);
            }
        );

        var runs = await QueryAsync();

        Assert.That(runs.Select(r => r.Fault), Is.All.Null);
        Assert.That(_rundb.Server.Count("/login"), Is.EqualTo(1));
    }

    [Test]
    public void Should_stop_if_a_fresh_token_is_refused()
    {
        _rundb.Server.Once("/runs/page/1", LoopbackServer.Status(401));
        _rundb.Server.Once("/runs/page/1", LoopbackServer.Status(401));

        var error = Assert.ThrowsAsync<UsageException>(() => QueryAsync())!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                $"RunDB: GET {_rundb.Server.Address}runs/page/1 is refused (401) although the login has just succeeded. Check whether "
                    + "the user of rundb_api_user in [RunDB] of /home/tester/.xenon_config may read there."
            )
        );
        Assert.That(_rundb.Server.Count("/login"), Is.EqualTo(1));
    }

    [Test]
    public void Should_say_what_to_do_if_the_token_file_is_a_folder()
    {
        _disk.AddDirectory(TokenPath);

        var error = Assert.ThrowsAsync<UsageException>(() => QueryAsync())!;

        Assert.That(
            error.Message,
            Is.EqualTo(
                $"'{TokenPath}' is a folder, but the RunDB's token must be a file there: the jobs read it. Move the folder away."
            )
        );
    }

    [Test]
    public async Task Should_give_a_run_a_verdict_if_the_answer_is_of_another_run()
    {
        foreach (var number in Enumerable.Range(7000, 40))
        {
            _rundb.Add(Document(number));
        }

        _rundb.Server.Once("/runs/number/7001/", http => LoopbackServer.JsonAsync(http, $$"""{"results": {{Document(7002)}}}"""));

        var run = (await QueryAsync()).Single(r => r.Fault is not null);

        Assert.That(run.Number, Is.EqualTo(7001));
        Assert.That(run.Fault!.Detail, Is.EqualTo("the RunDB answered with run 7002 when asked for run 7001"));
    }

    [Test]
    public async Task Should_stop_at_once_if_cancelled()
    {
        foreach (var number in Enumerable.Range(7000, 100))
        {
            _rundb.Add(Document(number));
        }

        using var cancel = new CancellationTokenSource();
        _rundb.Server.Once(
            "/runs/number/7005/",
            async http =>
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
            }
        );
        using var source = Source() as IDisposable;

        var query = ReadAsync((IRunSource)source!, Scope, cancel.Token);

        Assert.CatchAsync<OperationCanceledException>(() => query);
        await Task.CompletedTask;
    }

    [Test]
    public async Task Should_say_what_it_has_cost()
    {
        _rundb.Add(Document(7000));
        _rundb.Server.Once("/runs/page/1", LoopbackServer.Status(500));
        var source = Source();

        await ReadAsync(source, Scope, default);

        Assert.That(source.Cost is { Documents: 2, Retries: 1, Requests: >= 5, Bytes: > 100 }, Is.True, source.Cost.ToString());
        Assert.That(
            ((IReportsRequests)source).Summary,
            Does.Match("^RunDB: [0-9]+ requests, 1 retry, 0.0 MB; slowest (GET|POST) /[^ ]+, [0-9.]+ s$")
        );
        (source as IDisposable)?.Dispose();
    }

    [TestCase("NaN")]
    [TestCase("[Infinity, -Infinity]")]
    public async Task Should_lose_nothing_by_a_number_of_python(string number)
    {
        _rundb.Server.Once(
            "/runs/page/1",
            http => LoopbackServer.JsonAsync(http, $$"""{"results": [{"x": {{number}}, {{Document(7000)[1..]}}, {{Document(7001)}}]}""")
        );
        _rundb.Server.Once(
            "/runs/number/7000/",
            http => LoopbackServer.JsonAsync(http, $$"""{"results": {"x": {{number}}, {{Document(7000)[1..]}}}""")
        );
        _rundb.Server.Once(
            "/runs/number/7001/",
            http => LoopbackServer.JsonAsync(http, $$"""{"y": {{number}}, "results": {{Document(7001)}}}""")
        );

        Assert.That(
            (await QueryAsync()).Select(r => (r.Number, r.Fault)),
            Is.EquivalentTo(new[] { ((int?)7000, (DocumentFault?)null), (7001, null) })
        );
    }

    [Test]
    public async Task Should_lose_one_document_if_it_is_nested_too_deep()
    {
        var deep = $"{new string('[', 3000)}{new string(']', 3000)}";
        _rundb.Server.Once(
            "/runs/page/1",
            http => LoopbackServer.JsonAsync(http, $$"""{"results": [{"number": 7000, "x": {{deep}}}, {{Document(7001)}}]}""")
        );
        _rundb.Server.Once("/runs/number/7001/", http => LoopbackServer.JsonAsync(http, $$"""{"results": {{Document(7001)}}}"""));

        var runs = await QueryAsync();

        Assert.That(runs.Single(r => r.Fault is null).Number, Is.EqualTo(7001));
        Assert.That(
            runs.Single(r => r.Fault is not null) is { Number: null, Position: "page 1, entry 1", Fault.Reason: Reason.NotJson },
            Is.True
        );
    }

    [Test]
    public async Task Should_ask_without_the_slash_if_the_server_knows_no_run_with_it()
    {
        _rundb.Add(Document(7000));
        _rundb.Add(Document(7001));
        _rundb.Server.Once("/runs/number/7000/", LoopbackServer.Status(404));

        Assert.That((await QueryAsync(Scope with { Runs = [7000] }, Limits with { Parallel = 1 })).Single().Number, Is.EqualTo(7000));
        Assert.That(_rundb.Server.Requests.Select(r => r.Path), Is.EqualTo(new[] { "/login", "/runs/number/7000/", "/runs/number/7000" }));
    }

    [TestCase("http://127.0.0.1{0}")]
    [TestCase("https://127.0.0.1:1{0}")]
    [TestCase("{0}")]
    public async Task Should_follow_a_redirect_to_the_slash_however_the_server_thinks_it_was_reached(string location)
    {
        _rundb.Add(Document(7000));
        _rundb.Server.Once(
            "/runs/page/1",
            http =>
            {
                http.Response.StatusCode = 308;
                http.Response.Headers.Location = string.Format(
                    System.Globalization.CultureInfo.InvariantCulture,
                    location,
                    "/runs/page/1/"
                );
                return Task.CompletedTask;
            }
        );

        Assert.That((await QueryAsync()).Single().Number, Is.EqualTo(7000));
    }

    [Test]
    public async Task Should_take_the_token_from_its_own_server_first()
    {
        await using var tokens = await LoopbackServer.StartAsync();
        tokens.Once("/login", http => LoopbackServer.JsonAsync(http, $$"""{"access_token": "{{_rundb.Token}}"}"""));
        _rundb.Add(Document(7000));

        Assert.That(await QueryAsync(tokenUrl: tokens.Address), Has.Count.EqualTo(1));
        Assert.That((tokens.Count("/login"), _rundb.Server.Count("/login")), Is.EqualTo((1, 0)));
    }

    [Test]
    public async Task Should_log_in_at_the_main_server_if_that_of_tokens_fails()
    {
        await using var tokens = await LoopbackServer.StartAsync();
        tokens.Once("/login", LoopbackServer.Status(410));
        _rundb.Add(Document(7000));

        Assert.That(await QueryAsync(tokenUrl: tokens.Address), Has.Count.EqualTo(1));
        Assert.That(
            _said.Warnings.Single(),
            Is.EqualTo(
                $"RunDB: POST {tokens.Address}login was answered with 410 Gone. Check tk_rundb_api_url in [RunDB] of "
                    + $"/home/tester/.xenon_config. The token is requested from {_rundb.Server.Address} instead."
            )
        );
    }

    [Test]
    public async Task Should_find_no_run_if_the_server_says_so()
    {
        _rundb.Server.Once(
            "/runs/page/1",
            http => LoopbackServer.JsonAsync(http, """{"message": "No runs found. Check the database!"}""", 404)
        );

        Assert.That(await QueryAsync(), Is.Empty);
    }

    [TestCase("""{"error": "no route"}""")]
    [TestCase("""{"message": "The requested URL was not found. Did you mean /runs/page/1/?"}""")]
    [TestCase("<html>")]
    [TestCase("")]
    public void Should_not_take_a_wrong_address_for_an_empty_database(string answer)
    {
        _rundb.Server.Once("/runs/page/1", http => LoopbackServer.JsonAsync(http, answer, 404));

        Assert.That(
            Assert.ThrowsAsync<ServiceException>(() => QueryAsync())!.Message,
            Does.EndWith(
                "/runs/page/1: the answer is not valid: 404 instead of the list of runs. Check rundb_api_url in "
                    + "[RunDB] of /home/tester/.xenon_config."
            )
        );
    }

    [TestCase(2, """{"error": "no route"}""")]
    [TestCase(3, "<html>404 Not Found</html>")]
    [TestCase(4, "")]
    public void Should_not_take_a_lost_page_for_the_end_of_the_listing(int page, string answer)
    {
        _rundb.PageSize = 2;
        foreach (var run in Enumerable.Range(7000, 6))
        {
            _rundb.Add(Document(run));
        }

        _rundb.Server.Once($"/runs/page/{page}", http => LoopbackServer.JsonAsync(http, answer, 404));

        Assert.That(
            Assert.ThrowsAsync<ServiceException>(() => QueryAsync())!.Message,
            Does.EndWith(
                $"/runs/page/{page}: the answer is not valid: 404 instead of page {page} of the list of runs, and the answer does not "
                    + "say that the list ends. Check rundb_api_url in [RunDB] of /home/tester/.xenon_config."
            )
        );
    }

    [Test]
    public async Task Should_end_the_listing_if_the_server_says_that_no_run_follows()
    {
        _rundb.PageSize = 2;
        foreach (var run in Enumerable.Range(7000, 4))
        {
            _rundb.Add(Document(run));
        }

        _rundb.Server.Once(
            "/runs/page/3",
            http => LoopbackServer.JsonAsync(http, """{"message": "No runs found. Check the database!"}""", 404)
        );

        Assert.That(await QueryAsync(), Has.Count.EqualTo(4));
    }

    [Test]
    public void Should_not_take_a_wrong_address_for_unknown_runs()
    {
        _rundb.Server.Lenient = true;
        foreach (var path in new[] { "/runs/number/7000/", "/runs/number/7000", "/runs/page/1" })
        {
            _rundb.Server.Once(path, http => LoopbackServer.JsonAsync(http, """{"error": "no route"}""", 404));
        }

        Assert.That(
            Assert.ThrowsAsync<ServiceException>(() => QueryAsync(Scope with { Runs = [7000] }))!.Message,
            Does.Contain("404 instead of the list of runs")
        );
    }

    [Test]
    public void Should_end_with_an_error_if_the_listing_brings_no_new_run()
    {
        _rundb.Server.Always = async http =>
        {
            await LoopbackServer.JsonAsync(
                http,
                http.Request.Path == "/login" ? """{"access_token": "x"}""" : $$"""{"results": [{{Document(7000)}}]}"""
            );
            return true;
        };

        Assert.That(
            Assert.ThrowsAsync<ServiceException>(() => QueryAsync())!.Message,
            Is.EqualTo(
                $"RunDB at {_rundb.Server.Address}: its listing does not end: page 2 has no run that the pages before did not have. "
                    + "Check rundb_api_url in [RunDB] of /home/tester/.xenon_config."
            )
        );
        Assert.That(_rundb.Server.Requests, Has.Count.LessThan(10));
    }

    [Test]
    public void Should_end_with_an_error_if_the_listing_has_no_end()
    {
        _rundb.Server.Always = async http =>
        {
            var page = http.Request.Path.Value!.Split('/')[^1];
            await LoopbackServer.JsonAsync(
                http,
                page == "login" ? """{"access_token": "x"}""" : $$"""{"results": [{"number": {{page}}}]}"""
            );
            return true;
        };

        Assert.That(
            Assert.ThrowsAsync<ServiceException>(() => QueryAsync())!.Message,
            Does.Contain("its listing does not end: it has more than 5,000 pages.")
        );
    }

    [TestCase("/login", "1 MB")]
    [TestCase("/runs/page/1", "512 MB")]
    [TestCase("/runs/number/7000/", "64 MB")]
    public void Should_end_with_the_bound_if_an_answer_unpacks_without_end(string path, string bound)
    {
        _rundb.Add(Document(7000));
        _rundb.Server.Lenient = true;
        for (var i = 0; i < 3; i++)
        {
            _rundb.Server.Once(path, http => BombAsync(http, """{"results": ["""));
        }

        var scope = path.Contains("number", StringComparison.Ordinal) ? Scope with { Runs = [7000] } : Scope;
        var before = Environment.WorkingSet;
        var said = Record(() => QueryAsync(scope));

        Assert.That(said, Does.Contain($"the answer is not valid: it is longer than {bound}."));
        Assert.That(Environment.WorkingSet - before, Is.LessThan(500 << 20));
        Assert.That(_rundb.Server.Count(path), Is.EqualTo(1), "another try would end the same");
    }

    private static string Record(Func<Task<List<RunDocument>>> query)
    {
        try
        {
            return query().GetAwaiter().GetResult().Single().Fault!.Detail;
        }
        catch (OutsourceException error)
        {
            return error.Message;
        }
    }

    /// <summary>Blanks by the gigabyte, packed.</summary>
    private static async Task BombAsync(Microsoft.AspNetCore.Http.HttpContext http, string beginning)
    {
        http.Response.Headers.ContentEncoding = "gzip";
        await using var gzip = new System.IO.Compression.GZipStream(http.Response.Body, System.IO.Compression.CompressionLevel.Fastest);
        await gzip.WriteAsync(System.Text.Encoding.UTF8.GetBytes(beginning));
        var blanks = new byte[1 << 20];
        blanks.AsSpan().Fill((byte)' ');
        for (var i = 0; i < 2000 && !http.RequestAborted.IsCancellationRequested; i++)
        {
            await gzip.WriteAsync(blanks, http.RequestAborted);
        }
    }

    [Test]
    public async Task Should_warn_once_if_a_password_goes_over_plain_http_to_another_machine()
    {
        var said = new Said();
        foreach (var _ in Enumerable.Range(0, 2))
        {
            (
                RunSources.Create(
                    Given.Loaded(s => s with { RunDb = new SourceChoice.Rest() }),
                    () =>
                        new RunDbCredentials
                        {
                            ApiUrl = new Uri("http://rundb.invalid:5000/api"),
                            ApiUser = "u",
                            ApiPassword = "p",
                        },
                    Given.Host(_disk),
                    said,
                    TokenStorage.Memory,
                    Limits
                ) as IDisposable
            )?.Dispose();
        }

        Assert.That(
            said.Warnings.Single(),
            Is.EqualTo(
                "RunDB is asked over plain http at rundb.invalid:5000: anyone on the way can read the password and the token. "
                    + "Write https:// into rundb_api_url in [RunDB] of /home/tester/.xenon_config, if it speaks https."
            )
        );
        await QueryAsync();
        Assert.That(_said.Warnings, Is.Empty, "not of this very machine");
    }

    internal static string Document(int number, string mode = "tpc_bkg", string? tag = null) =>
        $$"""{"number": {{number}}, "name": "{{number:D6}}", "mode": "{{mode}}", "source": "none", "detectors": ["tpc"], "tags": [{{(tag is null ? "" : "{\"name\": \"" + tag + "\"}")}}], "data": [{"type": "raw_records", "host": "rucio-catalogue", "location": "UC_OSG_USERDISK", "did": "xnt_{{number:D6}}:raw_records-aaaaaaaaaa", "status": "transferred", "meta": {"size_mb": 10.5, "file_count": 3} }]}""";

    private static TransportLimits Limits { get; } =
        new() { FirstPause = TimeSpan.FromMilliseconds(1), Connect = TimeSpan.FromSeconds(20) };

    private static RunScope Scope { get; } = new(666, null, null, ["raw_records", "peaklets"]);

    private async Task<List<RunDocument>> QueryAsync(
        RunScope? scope = null,
        TransportLimits? limits = null,
        string password = FakeRunDb.Password,
        bool keep = true,
        System.IO.Abstractions.IFileSystem? disk = null,
        string token = TokenPath,
        Uri? tokenUrl = null
    )
    {
        var source = Source(limits, password, keep, disk, token, tokenUrl);
        try
        {
            return await ReadAsync(source, scope ?? Scope, default);
        }
        finally
        {
            (source as IDisposable)?.Dispose();
        }
    }

    private static async Task<List<RunDocument>> ReadAsync(IRunSource source, RunScope scope, CancellationToken cancel)
    {
        var runs = new List<RunDocument>();
        await foreach (var run in source.QueryAsync(scope, cancel))
        {
            runs.Add(run);
        }

        return runs;
    }

    private IRunSource Source(
        TransportLimits? limits = null,
        string password = FakeRunDb.Password,
        bool keep = true,
        System.IO.Abstractions.IFileSystem? disk = null,
        string token = TokenPath,
        Uri? tokenUrl = null
    )
    {
        var credentials = new RunDbCredentials
        {
            ApiUrl = _rundb.Server.Address,
            TokenUrl = tokenUrl,
            ApiUser = FakeRunDb.User,
            ApiPassword = password,
            Retry = (limits ?? Limits).Tries,
        };
        return RunSources.Create(
            Given.Loaded(s => s with { RunDb = new SourceChoice.Rest(), Token = token }),
            () => credentials,
            Given.Host(disk ?? _disk),
            _said,
            keep ? TokenStorage.File : TokenStorage.Memory,
            limits ?? Limits
        );
    }
}
