using Bunit;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components.Controls;
using ScalingDashboard.Dashboard.Hosting;
using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Tests;

/// <summary>A page over a real store in a temporary folder, with the script of uploads answered.</summary>
public abstract class StoreTest : ComponentTest, IAsyncLifetime
{
    protected StoreTest()
    {
        UploadModule = JSInterop.SetupModule(UploadBox.ModulePath);
        UploadModule.SetupVoid("attach", _ => true).SetVoidResult();
        UploadModule.SetupVoid("detach", _ => true).SetVoidResult();
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
        Services.AddSingleton(new DashboardOptions());
        Services.AddSingleton(Samples);
        Services.AddSingleton<ProjectChanges>();
        Services.AddSingleton<LogFolderWatch>();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await base.DisposeAsync();
        await Temporary.DisposeAsync();
    }
}
