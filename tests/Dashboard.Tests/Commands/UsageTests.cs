namespace ScalingDashboard.Dashboard.Tests.Commands;

/// <summary>A command called wrongly ends with 2 and says what to write instead.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly CommandFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bogus", "bogus")]
    [InlineData("fit --bogus", "--bogus")]
    [InlineData("fit", "--input FILE")]
    [InlineData("isoflop", "--project NAME")]
    [InlineData("fit --input {file} --project p", "either")]
    [InlineData("fit --input {file} --method lasso", "lasso")]
    [InlineData("fit --input {file} --law gadre", "gadre")]
    [InlineData("fit --input {file} --bootstrap -1", "--bootstrap")]
    [InlineData("fit --input {file} --bootstrap many", "many")]
    [InlineData("fit --input {file} --delta 0", "--delta")]
    [InlineData("fit --input {file} --exponents 3..1", "3..1")]
    [InlineData("fit --input {file} --exponents wide", "wide")]
    [InlineData("fit --input {file} --at soon", "soon")]
    [InlineData("fit --input {file} --at 1e22,-5", "-5")]
    [InlineData("fit --input {file} --map nonsense", "--map")]
    [InlineData("fit --input {file} --map loss=missing", "missing")]
    [InlineData("fit --input {file} --where nonsense", "--where")]
    [InlineData("fit --input {file} --where missing=1", "missing")]
    [InlineData("fit --input {file} --where loss=99", "no usable row")]
    [InlineData("isoflop --input {file} --approach 4", "use 1, 2 or 3")]
    [InlineData("isoflop --input {file} --tolerance -1", "--tolerance")]
    [InlineData("import {file}", "--project")]
    [InlineData("import --project p", "argument missing")]
    [InlineData("import {file} --project p --store {folder}", "is a folder")]
    [InlineData("simulate", "--budgets")]
    [InlineData("simulate --budgets soon", "soon")]
    [InlineData("simulate --budgets ,", "--budgets")]
    [InlineData("simulate --budgets 1e20,100e18", "twice")]
    [InlineData("simulate --budgets 1e20 --law newton", "epoch")]
    [InlineData("simulate --budgets 1e20 --law kaplan", "gives no loss")]
    [InlineData("simulate --budgets 1e20 --law E=1,A=400,B=2000,alpha=0.3", "beta=")]
    [InlineData("simulate --budgets 1e20 --law E=1,A=400,B=2000,alpha=0.3,beta=0", "above zero")]
    [InlineData("simulate --budgets 1e20 --law E=1,E=1,B=2000,alpha=0.3,beta=0.3", "E=1,E=1")]
    [InlineData("simulate --budgets 1e20 --sizes 0", "--sizes: 0")]
    [InlineData("simulate --budgets 1e20 --range 0.5", "--range: 0.5")]
    [InlineData("simulate --budgets 1e20 --range NaN", "--range")]
    [InlineData("simulate --budgets 1e20 --checkpoints 0", "--checkpoints: 0")]
    [InlineData("simulate --budgets 1e20 --noise -0.1", "--noise: -0.1")]
    [InlineData("simulate --budgets 1e20,1e21 --sizes 1000 --checkpoints 10000", "rows")]
    [InlineData("simulate --budgets 10", "too small")]
    [InlineData("simulate --budgets 1e20 --output {folder}/none/sweep.csv", "Cannot write")]
    public async Task Is_refused(string line, string words)
    {
        var file = _folder.Write("sweep.csv", "parameters,tokens,loss\n1e8,1e10,3.2\n2e8,1e10,3.0\n4e8,2e10,2.8\n8e8,2e10,2.7\n1e9,4e10,2.6\n");
        var args = line.Split(' ').Select(arg => arg.Replace("{file}", file, StringComparison.Ordinal).Replace("{folder}", _folder.Path, StringComparison.Ordinal));
        (await CommandFolder.RunAsync([.. args])).IsRefused(2, words);
    }

    [Theory]
    [InlineData("--help", "import", "simulate")]
    [InlineData("fit --help", "--method", "--where")]
    [InlineData("simulate --help", "--budgets", "epoch")]
    public async Task Help_is_printed(string line, params string[] words)
    {
        var outcome = await CommandFolder.RunAsync(line.Split(' '));
        Assert.Equal(0, outcome.Exit);
        Assert.All(words, word => Assert.Contains(word, outcome.Output, StringComparison.Ordinal));
    }
}
