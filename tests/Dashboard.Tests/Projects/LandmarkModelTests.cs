using ScalingDashboard.Dashboard.Projects;

namespace ScalingDashboard.Dashboard.Tests.Projects;

public class LandmarkModelTests
{
    [Fact]
    public void The_table_that_comes_with_the_dashboard_reads()
    {
        var models = Samples.Find(AppContext.BaseDirectory).ReadLandmarks();
        Assert.True(models.Count >= 15);
        Assert.Equal(models.Count, models.Select(model => model.Model).Distinct().Count());
        Assert.All(models, model =>
        {
            Assert.InRange(model.Parameters, 1e8, 1e13);
            Assert.InRange(model.Tokens, 1e10, 1e14);
            Assert.InRange(model.Year, 2018, 2030);
            Assert.NotEmpty(model.Source);
        });
        var chinchilla = models.Single(model => model.Model == "Chinchilla");
        Assert.Equal(5.88e23, chinchilla.Flops, 1e21);
    }

    [Fact]
    public void Without_the_samples_there_are_none() => Assert.Empty(new Samples((string?)null).ReadLandmarks());
}
