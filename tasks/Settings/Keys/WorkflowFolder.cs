namespace Outsource.Settings.Keys;

/// <summary>
/// Names of the files and folders of a workflow below <c>work_dir</c>; the names of the artifacts are constants of their types.
/// </summary>
public static class WorkflowFolder
{
    /// <summary>Folders below <c>work_dir</c>: artifacts, submit directories and results, each with a folder per workflow.</summary>
    public const string Generated = "generated",
        Runs = "runs",
        Outputs = "outputs";

    /// <summary>The workflow itself.</summary>
    public const string Workflow = "workflow.yml";

    /// <summary>
    /// The folder of the parts, if the workflow is cut: <c>part-0000.yml</c>, and <c>part-0000.jobs</c> with the names of its jobs.
    /// </summary>
    public const string Parts = "parts";

    /// <summary>The catalogs and properties that the planner reads beside it.</summary>
    public const string Sites = "sites.yml",
        Transformations = "transformations.yml",
        Replicas = "replicas.yml",
        Properties = "pegasus.properties";

    /// <summary>Copies of the programs that the jobs run.</summary>
    public const string Payload = "payload";

    /// <summary>The copy of the operator's proxy that jobs of plans by level get (0600).</summary>
    public const string Proxy = ".x509_user_proxy";

    /// <summary>One run number per line, ascending.</summary>
    public const string RunList = "runlist.txt";
}
