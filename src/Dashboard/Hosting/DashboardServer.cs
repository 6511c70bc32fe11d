using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Logging.Console;
using Radzen;
using ScalingDashboard.Dashboard.Api;
using ScalingDashboard.Dashboard.Components;
using ScalingDashboard.Dashboard.Curves;
using ScalingDashboard.Dashboard.Estimate;
using ScalingDashboard.Dashboard.Fit;
using ScalingDashboard.Dashboard.Growth;
using ScalingDashboard.Dashboard.IsoFlop;
using ScalingDashboard.Dashboard.Lab;
using ScalingDashboard.Dashboard.Links;
using ScalingDashboard.Dashboard.Optimizers;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Dashboard.Precision;
using ScalingDashboard.Dashboard.Projects;
using ScalingDashboard.Dashboard.RunBrowser;
using ScalingDashboard.Runs;

namespace ScalingDashboard.Dashboard.Hosting;

/// <summary>The composition root of the web server: every service and every middleware, in one place.</summary>
public static class DashboardServer
{
    /// <summary>Runs the server until it is told to stop.</summary>
    /// <returns>Exit code: 0 stopped, 2 bad options (all of them named on <paramref name="error"/>), 1 the address is taken.</returns>
    public static async Task<int> RunAsync(DashboardOptions options, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var problems = options.Problems();
        if (problems.Count > 0)
        {
            foreach (var problem in problems)
                await error.WriteLineAsync(problem);
            return 2;
        }

        await using var store = await RunStore.OpenAsync(new StoreLocation(options.FullStorePath), TimeProvider.System, cancellationToken);
        await using var app = Build(options, store);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await error.WriteLineAsync($"{exception.Message} Stop the program that listens there, or give another --urls.");
            return 1;
        }

        foreach (var url in app.Urls)
            await output.WriteLineAsync($"Scaling Dashboard: {url}");
        await output.WriteLineAsync($"Store: {options.FullStorePath}");
        if (options.FullLogFolder is { } folder)
            await output.WriteLineAsync($"Watching {folder} for project {options.LogProjectName}{(Directory.Exists(folder) ? "" : "; there is no such folder yet")}");
        var warmUp = Task.Run(() => WarmUpOrLog(app), CancellationToken.None);
        await app.WaitForShutdownAsync(cancellationToken);
        await warmUp;
        return 0;
    }

    private static void WarmUpOrLog(WebApplication app)
    {
        try
        {
            WarmUp.Run(app.Lifetime.ApplicationStopping);
        }
        catch (OperationCanceledException) when (app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Stopped before it was warm.
        }
#pragma warning disable CA1031 // Pages work without it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            app.Logger.LogError(failure, "The first analysis will take longer: warming up failed.");
        }
    }

    /// <summary>Builds the server without starting it; <paramref name="options"/> must be free of problems. The caller closes the store.</summary>
    public static WebApplication Build(DashboardOptions options, RunStore store)
    {
        // A fit keeps every core busy; without threads to spare, the pages of all other users would wait for it.
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, 4 * Environment.ProcessorCount), completions);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            // Named, because in a browser test the entry assembly is the test host.
            ApplicationName = typeof(DashboardServer).Assembly.GetName().Name,
            // Not the working directory, which may be anything: the host watches this folder for changed settings.
            ContentRootPath = AppContext.BaseDirectory,
            WebRootPath = WebRoot.Find(AppContext.BaseDirectory),
        });
        // _content/ and _framework/ outside Development too.
        builder.WebHost.UseStaticWebAssets();
        builder.WebHost.UseUrls(options.Urls.Count > 0 ? [.. options.Urls] : [FreeLoopbackUrl()]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // After a restart browsers still hold a cookie of the keys before; it is replaced, and nothing was wrong.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.None);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        // Open pages never hang up by themselves; what is being stored is in a transaction and needs no more than this.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(3));
        if (options.Urls.Count == 0)
            // A page of a foreign site must not reach this server through a name that it lets point here.
            builder.Services.Configure<HostFilteringOptions>(filter => filter.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);

        AddDashboard(builder.Services, options, store);

        var app = builder.Build();
        app.UseSecurityHeaders();
        app.UseExceptionHandler(failed => failed.Run(context =>
            context.Response.WriteAsync("The server failed to answer this request. Nothing stored was changed by the failure. The server's log has the details.", context.RequestAborted)));
        app.UseStatusCodePagesWithReExecute(PageUrls.NotFound);
        app.Use((context, next) =>
        {
            // The page that says "no such page" is for people; a program gets the bare status.
            if (!context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
                context.Features.GetRequiredFeature<IStatusCodePagesFeature>().Enabled = false;
            return next(context);
        });
        app.UseResponseCompression();
        // Asked again each time and answered 304 by ETag: an upgrade of the server never meets an old script.
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache" });
        app.UseAntiforgery();
        app.MapApi();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode(
            // SecurityHeaders says it for every response.
            mode => mode.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }

    private static void AddDashboard(IServiceCollection services, DashboardOptions options, RunStore store)
    {
        services.AddSingleton(options);
        services.AddSingleton(TimeProvider.System);

        // What pages show: the store and the recipes over it.
        services.AddSingleton(store);
        services.AddSingleton<ProjectCache>();
        services.AddSingleton<ProjectChanges>();
        services.AddSingleton<LogFolderWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<LogFolderWatch>());
        services.AddSingleton<IsoFlopService>();
        services.AddSingleton<FitService>();
        services.AddSingleton<EstimateService>();
        services.AddSingleton<CurvesService>();
        services.AddSingleton<RunTables>();
        services.AddSingleton<CurveReadings>();
        services.AddSingleton<PlanService>();
        services.AddSingleton<PrecisionService>();
        services.AddSingleton<OptimizersService>();
        services.AddSingleton<GrowthService>();
        services.AddSingleton<LabService>();
        services.AddHostedService(provider => provider.GetRequiredService<LabService>());
        services.AddSingleton(provider => provider.GetRequiredService<Samples>().ReadLandmarks());

        services.AddSingleton(Samples.Find(AppContext.BaseDirectory));
        services.AddApi();

        // Pages: one circuit, one scope.
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddRadzenComponents();
        services.AddScoped<PageScript>();
        services.Configure<KeyManagementOptions>(keys =>
        {
            keys.XmlRepository = new KeysInMemory();
            keys.XmlEncryptor = new NullXmlEncryptor();
        });
        services.AddResponseCompression(compression =>
        {
            // Static text only: what a user stored is never compressed together with a secret.
            compression.EnableForHttps = true;
            compression.MimeTypes = ["text/css", "text/javascript", "image/svg+xml"];
        });
        services.Configure<BrotliCompressionProviderOptions>(brotli => brotli.Level = System.IO.Compression.CompressionLevel.Optimal);
    }

    private static string FreeLoopbackUrl()
    {
        const int candidates = 20;
        for (var port = DashboardOptions.DefaultPort; port < DashboardOptions.DefaultPort + candidates; port++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // Taken: try the next one.
            }
        }

        return "http://127.0.0.1:0";
    }
}
