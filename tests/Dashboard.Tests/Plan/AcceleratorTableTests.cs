using System.Text;
using ScalingDashboard.Dashboard.Plan;
using ScalingDashboard.Numerics.Compute;

namespace ScalingDashboard.Dashboard.Tests.Plan;

public class AcceleratorTableTests
{
    [Fact]
    public void Every_accelerator_has_peaks_a_source_and_dated_prices()
    {
        Assert.Equal(AcceleratorTable.All.Count, AcceleratorTable.All.Select(accelerator => accelerator.Key).Distinct().Count());
        Assert.NotNull(AcceleratorTable.Find(AcceleratorTable.DefaultKey));
        Assert.All(AcceleratorTable.All, accelerator =>
        {
            Assert.NotNull(accelerator.Peak(accelerator.UsualFormat));
            Assert.All(accelerator.Peaks.Values, peak => Assert.InRange(peak, 1e12, 2e16));
            Assert.InRange(accelerator.MemoryBytes, 1e9, 1e12);
            Assert.True(double.IsNaN(accelerator.PowerWatts) || accelerator.PowerWatts is > 50 and < 3000);
            Assert.NotEmpty(accelerator.Source);
            Assert.InRange(accelerator.SourceYear, 2016, 2027);
            Assert.True(accelerator.Price is null || (accelerator.Price.PerHour is > 0.1 and < 100 && accelerator.Price.Source.Length > 0));
        });
    }

    // Half the bits, twice the products, never more than that: a sparse figure among the dense ones would stand out.
    [Fact]
    public void Peaks_are_dense() => Assert.All(AcceleratorTable.All, accelerator =>
    {
        if (accelerator.Peaks.TryGetValue("bf16", out var half))
        {
            Assert.All(new[] { "fp16" }.Where(accelerator.Peaks.ContainsKey), format => Assert.Equal(half, accelerator.Peaks[format]));
            Assert.All(new[] { "tf32" }.Where(accelerator.Peaks.ContainsKey), format => Assert.InRange(accelerator.Peaks[format] / half, 0.49, 0.51));
            Assert.All(new[] { "fp8" }.Where(accelerator.Peaks.ContainsKey), format => Assert.InRange(accelerator.Peaks[format] / half, 1.99, 2.03));
            Assert.All(new[] { "fp4" }.Where(accelerator.Peaks.ContainsKey), format => Assert.InRange(accelerator.Peaks[format] / half, 3.99, 4.01));
        }
    });

    [Fact]
    public void An_empty_cell_is_not_known()
    {
        using var table = new MemoryStream(Encoding.UTF8.GetBytes(
            "key,name,memory_gb,power_w,fp32,tf32,bf16,fp16,fp8,int8,fp4,price,price_date,price_source,source,source_year,note\nx,X,16,,,,100,,,,,,,,\"A, B\",2024,\n"));
        var accelerator = Assert.Single(AcceleratorTable.Read(table));
        Assert.True(double.IsNaN(accelerator.PowerWatts));
        Assert.Null(accelerator.Price);
        Assert.Null(accelerator.Peak(NumberFormat.Find("fp8")!));
        Assert.Equal((100e12, "A, B"), (accelerator.Peak(NumberFormat.Find("bf16")!), accelerator.Source));
    }
}
