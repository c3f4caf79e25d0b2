using System.Collections.Immutable;
using System.Globalization;
using Outsource.Artifacts;

namespace Outsource.WriteWorkflow;

/// <summary>The environment of the jobs of a plan by level: no library may start a thread for each core of the machine.</summary>
/// <param name="packages">The operator's packages.</param>
internal sealed class LevelEnvironment(ImmutableArray<PackageTarball> packages)
{
    private static readonly string[] ThreadVariables =
    [
        "BLIS_NUM_THREADS",
        "GOTO_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NPROC",
        "NUMBA_NUM_THREADS",
        "NUMEXPR_NUM_THREADS",
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "TF_NUM_INTEROP_THREADS",
        "TF_NUM_INTRAOP_THREADS",
    ];

    private readonly Dictionary<int, (string, string)[]> _known = [];

    /// <summary>The variables, by name.</summary>
    /// <param name="cores">Cores of the job.</param>
    public IReadOnlyList<(string Name, string Value)> Of(int cores)
    {
        if (!_known.TryGetValue(cores, out var known))
        {
            var number = cores.ToString(CultureInfo.InvariantCulture);
            _known[cores] = known =
            [
                .. ThreadVariables
                    .Select(v => (v, number))
                    .Append(("TF_ENABLE_ONEDNN_OPTS", "0"))
                    .Append(("USER_INSTALL_PACKAGE", string.Join(' ', LevelFiles.Names(packages))))
                    .Append(("XLA_FLAGS", $"--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads={number}"))
                    .OrderBy(v => v.Item1, StringComparer.Ordinal),
            ];
        }

        return known;
    }
}
