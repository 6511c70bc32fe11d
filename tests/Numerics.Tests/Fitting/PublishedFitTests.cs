using ScalingDashboard.Numerics.Fitting;
using ScalingDashboard.Numerics.Laws;

namespace ScalingDashboard.Numerics.Tests.Fitting;

/// <summary>The 240 points of Besiroglu et al. 2024, arXiv 2404.10102.</summary>
public class PublishedFitTests
{
    [SkippableFact]
    public void The_likelihood_with_a_free_scale_gives_the_published_coefficients()
    {
        var fit = LawFitter.Fit(LawForms.Chinchilla, SharedPoints.Chinchilla240(), new FitOptions { Method = FitMethod.ScaledHuber });
        Assert.Equal(482.0057, fit.Law["A"], 0.005);
        Assert.Equal(2085.4342, fit.Law["B"], 0.05);
        Assert.Equal(1.816864, fit.Law["E"], 2e-6);
        Assert.Equal(0.347813, fit.Law["alpha"], 2e-6);
        Assert.Equal(0.365854, fit.Law["beta"], 2e-6);
        Assert.Equal(-12.2666, Math.Log(fit.Scale), 1e-3);
        Assert.Equal(-879.7731, fit.Objective, 1e-3);
    }

    [SkippableFact]
    public void The_least_absolute_deviation_is_found()
    {
        var fit = LawFitter.Fit(LawForms.Chinchilla, SharedPoints.Chinchilla240(), new FitOptions { Method = FitMethod.AbsoluteDeviation });
        // The optimum of a linear programme iterated to convergence.
        Assert.Equal(1.1294946536215489, fit.Objective, 1e-12);
    }
}
