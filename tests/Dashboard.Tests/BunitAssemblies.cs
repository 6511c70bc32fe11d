using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ScalingDashboard.Dashboard.Tests;

/// <summary>Answers bUnit's wish for AngleSharp.Diffing; see the project file.</summary>
internal static class BunitAssemblies
{
    [ModuleInitializer]
    internal static void Register() => AssemblyLoadContext.Default.Resolving += (context, name) =>
        name.Name == "AngleSharp.Diffing"
            ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "bunit", "AngleSharp.Diffing.dll"))
            : null;
}
