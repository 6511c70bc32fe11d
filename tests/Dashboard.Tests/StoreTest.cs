using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Components.RunBrowser;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.RunBrowser;

namespace ScalingDashboard.Dashboard.Tests;

/// <summary>A page over a real store in a temporary folder, with the scripts of uploads and of the table of runs answered.</summary>
public abstract class StoreTest : ComponentTest, IAsyncLifetime
{
    protected StoreTest()
    {
        UploadModule = JSInterop.SetupModule(UploadBox.ModulePath);
        UploadModule.SetupVoid("attach", _ => true).SetVoidResult();
        UploadModule.SetupVoid("detach", _ => true).SetVoidResult();
        var rows = JSInterop.SetupModule(RunGrid.ModulePath);
        rows.SetupVoid("attach", _ => true).SetVoidResult();
        rows.SetupVoid("reveal", _ => true).SetVoidResult();
    }

#pragma warning disable CA2213 // Disposed with the test, by xunit's own interface.
    protected TemporaryStore Temporary { get; private set; } = null!;
#pragma warning restore CA2213

    protected BunitJSModuleInterop UploadModule { get; }

    protected virtual Samples Samples => new((string?)null);

    async Task IAsyncLifetime.InitializeAsync()
    {
        Temporary = await TemporaryStore.OpenAsync();
        Services.AddSingleton(Temporary.Store);
        Services.AddSingleton(Samples);
        Services.AddSingleton<RunTables>();
        Services.AddSingleton<CurveReadings>();
        Services.AddSingleton<ProjectChanges>();
        Services.AddSingleton<LogFolderWatch>();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await base.DisposeAsync();
        await Temporary.DisposeAsync();
    }
}
