using Cake.Frosting;
using Outsource.Artifacts;
using Outsource.Engines.Tools;
using Outsource.Foundation.Errors;
using Outsource.Services.Contexts;
using Outsource.Services.RunDb;
using Outsource.Settings.Keys;
using Outsource.Settings.Options;
using Outsource.Workflows;

namespace Outsource.LoadConfig;

[TaskName(nameof(Target.LoadConfig))]
[TaskDescription("Read and check configuration, arguments, tables and the context document")]
public sealed class LoadConfigTask : AsyncFrostingTask<OutsourceContext>
{
    public override async Task RunAsync(OutsourceContext context)
    {
        var request = context.Request;
        var programs = new PythonRunner(context);
        var contexts = new ContextCatalogues(request.Host, context.Messages, programs, context.Sources.Storage)
        {
            AsksRuns = request.Invocation.Target is not (Target.Preflight or Target.LoadConfig),
        };
        var loader = new SettingsLoader(
            request.Host,
            contexts.Default,
            contexts.ContradictionsAsync,
            (settings, straxen) => Register(context, settings, straxen),
            programs
        );
        LoadedConfiguration loaded;
        OneAtATime.Take(context);
        using (context.Messages.Waiting("the configuration and the context document"))
        {
            loaded = await loader.LoadAsync(request.Invocation, context.Cancellation).ConfigureAwait(false);
        }

        if (request.Invocation.Target is not Target.Preflight)
        {
            // Preflight reports all errors before it ends with this one.
            StraxRule.Check(loaded, request.Invocation.Target);
        }

        foreach (var note in loaded.Notes)
        {
            context.Messages.Note(note);
        }

        foreach (var warning in loaded.Warnings)
        {
            context.Messages.Warn(warning);
        }

        if (StraxRule.WarningOf(loaded, request.Invocation.Target) is { } old)
        {
            context.Messages.Warn(old);
        }

        TellMissing(context, loaded.Settings);
        context.Loaded = loaded;
        WorkflowFolders.Check(request.Machine, loaded);
        if (!WorkflowName.Looks(request.Invocation))
        {
            WorkflowFolders.Make(request.Host, request.Machine, loaded.Settings, context.Folder);
            context.RequirePlan();
            SettingsArtifact.Keep(request.Host, loaded, context.Folder, request.Invocation);
        }

        SubmissionRecord.Begin(context, loaded);
        var settings = loaded.Settings;
        context.ReportResult(
            Target.LoadConfig,
            $"LoadConfig: plan {settings.Plan.Word()} ({PlanChoice.Why(settings)}), workflow {settings.Name}: context {settings.Context} "
                + $"(straxen {loaded.Context.StraxenVersion}), image "
                + $"{settings.Image.Tag ?? settings.Image.Path} ({loaded.ProofWord}), configuration {settings.ConfigFile}."
        );
    }

    /// <summary>
    /// Credentials that the jobs need to register their results are checked before anything is written, but only if they are used.
    /// </summary>
    private static void TellMissing(OutsourceContext context, OutsourceSettings settings)
    {
        // Who gets messages is read again when one is sent; what is wrong there is said now.
        _ = new NoticeSettingsReader(context.Request.Host).Read(context.Request.Invocation);
        if (
            WorkflowName.Writes(context.Request.Invocation)
            && RunDbTokens.Missing(settings, context.Request.Host, context.Request.Machine.UtcNow) is { Count: > 0 } missing
        )
        {
            if (SubmissionRecord.Submits(context.Request))
            {
                throw new UsageException(missing);
            }

            foreach (var fault in missing)
            {
                context.Messages.Warn($"{fault} The workflow cannot be submitted without it.");
            }
        }
    }

    private static WorkflowRegistry Register(OutsourceContext context, OutsourceSettings settings, string straxenVersion)
    {
        SubmissionRecord.CheckDemo(context.Request, settings);
        WorkflowFolders.Check(context.Request.Machine, settings, straxenVersion, name: null);
        if (WorkDirProbe.ErrorIn(context.Request.Host, context.Request.Machine, settings.WorkDir) is { } fault)
        {
            throw new UsageException(
                $"work_dir '{settings.WorkDir}' is not writable: {fault}. Change its permissions or free some space, or set "
                    + $"another work_dir in [Outsource] of {settings.ConfigFile}."
            );
        }

        return new WorkflowRegistry(context.Request.Host, context.Claims, context.QueuesOf(settings), settings, straxenVersion);
    }
}
