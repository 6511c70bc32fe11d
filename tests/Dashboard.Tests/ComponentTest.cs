using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;
using ScalingDashboard.Dashboard.Components;
using ScalingDashboard.Dashboard.Components.Charts;
using ScalingDashboard.Dashboard.Hosting;

namespace ScalingDashboard.Dashboard.Tests;

/// <summary>What every component test needs: the services of the shell, a clock that stands still, and the two scripts answered.</summary>
public abstract class ComponentTest : BunitContext, IAsyncLifetime
{
    // A condition that holds is seen at once; only a busy machine needs the patience.
    static ComponentTest() => DefaultWaitTimeout = TimeSpan.FromSeconds(20);

    protected ComponentTest()
    {
        Services.AddScoped<PageScript>();
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddSingleton(new DashboardOptions());
        PageModule = JSInterop.SetupModule(PageScript.ModulePath);
        PageModule.SetupVoid("markInteractive").SetVoidResult();
        PageModule.SetupVoid("save", _ => true).SetVoidResult();
        PageModule.SetupVoid("watch", _ => true).SetVoidResult();
        PageModule.SetupVoid("unwatch", _ => true).SetVoidResult();
        ChartModule = JSInterop.SetupModule(Chart.ModulePath);
        ChartModule.SetupVoid("draw", _ => true).SetVoidResult();
        ChartModule.SetupVoid("dispose", _ => true).SetVoidResult();
        ChartModule.SetupVoid("image", _ => true).SetVoidResult();
    }

    internal ManualClock Clock { get; } = new();
    protected BunitJSModuleInterop PageModule { get; }
    protected BunitJSModuleInterop ChartModule { get; }
    protected BunitNavigationManager Address => Services.GetRequiredService<BunitNavigationManager>();

    public Task InitializeAsync() => Task.CompletedTask;

    // xunit 2 disposes synchronously, which services with a script to let go of refuse.
    async Task IAsyncLifetime.DisposeAsync() => await base.DisposeAsync();
}
