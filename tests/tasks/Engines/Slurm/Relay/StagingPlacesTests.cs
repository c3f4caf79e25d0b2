using System.IO.Abstractions.TestingHelpers;
using Outsource.Engines.Slurm.Relay;
using Outsource.Foundation.Errors;

namespace Outsource.Tests.Engines.Slurm.Relay;

/// <summary>The folder of a workflow at its staging site, from its site catalog.</summary>
internal sealed class StagingPlacesTests
{
    private const string Ours = """
        # schema: outsource/sites/1
        pegasus: "5.0"
        sites:
          - name: local
            directories:
              - type: localStorage
                path: "/w/outputs/n"
                sharedFileSystem: false
                fileServers:
                  - {url: "file:///w/outputs/n", operation: all}
          - name: staging-davs
            directories:
              - type: sharedScratch
                path: "/xenon/scratch/me"
                sharedFileSystem: false
                fileServers:
                  - {url: "gsidavs://h:2880/xenon/scratch/me", operation: all}
          - name: condorpool
            profiles:
              pegasus:
                "style": "condor"

        """;

    /// <summary>As Pegasus' Python library writes one into the workflow: names in the folders, lists without indent.</summary>
    private const string Todays = """
        x-pegasus: {apiLang: python, createdBy: me}
        pegasus: 5.0.4
        name: outsource_workflow
        siteCatalog:
          sites:
          - name: condorpool
            profiles:
              condor:
                universe: vanilla
          - name: staging-davs
            directories:
            - type: sharedScratch
              path: /xenon/scratch/me/n
              sharedFileSystem: false
              fileServers:
              - url: gsidavs://h:2880/xenon/scratch/me/n
                operation: all
            - type: localStorage
              path: /xenon/output/me/n
              sharedFileSystem: false
              fileServers:
              - url: gsidavs://h:2880/xenon/output/me/n
                operation: all
          - name: local
            directories:
            - type: localStorage
              path: /w/n/outputs
              sharedFileSystem: false
              fileServers:
              - url: file:///w/n/outputs
                operation: all
        replicaCatalog:
          replicas:
          - lfn: process.py
        jobs:
        - {type: job, name: lower_tpc, id: a, arguments: []}

        """;

    [Test]
    public void Should_add_the_name_to_our_folder() =>
        Assert.That(Of(("sites.yml", Ours)), Is.EqualTo(new[] { "gsidavs://h:2880/xenon/scratch/me/n" }));

    [Test]
    public void Should_read_both_folders_of_todays_workflow() =>
        Assert.That(
            Of(("workflow.yml", Todays)),
            Is.EqualTo(new[] { "gsidavs://h:2880/xenon/scratch/me/n", "gsidavs://h:2880/xenon/output/me/n" })
        );

    [Test]
    public void Should_say_that_there_is_no_staging_site()
    {
        Assert.That(
            () => Of(("sites.yml", "sites:\n  - name: local\n")),
            Throws.TypeOf<UsageException>()
                .With.Message.EqualTo(
                    "workflow 'n' has no staging site: '/g/n/sites.yml' names no folder besides those of the submit host. Name it with "
                        + "--staging=ADDRESS."
                )
        );
        Assert.That(() => Of(("workflow.yml", "jobs: []\n")), Throws.TypeOf<UsageException>().With.Message.Contain("the site catalog in"));
    }

    private static IEnumerable<string> Of(params (string Name, string Text)[] files)
    {
        var disk = new MockFileSystem();
        foreach (var (name, text) in files)
        {
            disk.AddFile($"/g/n/{name}", new MockFileData(text));
        }

        return new StagingPlaces(disk).Of("/g/n", "n");
    }
}
