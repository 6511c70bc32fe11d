using ScalingDashboard.Dashboard.Hosting;

var arguments = new ConfigurationBuilder().AddCommandLine(args).Build();
var options = new DashboardOptions
{
    Urls = arguments["urls"]?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [],
    StorePath = arguments["store"] ?? DashboardOptions.DefaultStorePath,
    UploadLimit = arguments["upload-limit"] ?? DashboardOptions.DefaultUploadLimit,
};
return await DashboardServer.RunAsync(options, Console.Out, Console.Error);
