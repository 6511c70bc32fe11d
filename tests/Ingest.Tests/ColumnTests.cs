namespace ScalingDashboard.Ingest.Tests;

public sealed class ColumnTests
{
    [Theory]
    [InlineData("parameters,tokens,loss", "parameters=parameters,tokens=tokens,loss=loss")]
    [InlineData("C,N,D,loss", "parameters=N,tokens=D,flops=C,loss=loss")]
    [InlineData("Model Size,Training FLOP,loss", "parameters=Model Size,flops=Training FLOP,loss=loss")]
    [InlineData("num_params,num_tokens,final_loss", "parameters=num_params,tokens=num_tokens,loss=final_loss")]
    [InlineData("n_params,tokens_seen,VAL_LOSS", "parameters=n_params,tokens=tokens_seen,loss=VAL_LOSS")]
    [InlineData("Name,parameter_count,throughput/total_tokens,eval/paloma/macro_loss", "run=Name,parameters=parameter_count,tokens=throughput/total_tokens,loss=eval/paloma/macro_loss")]
    [InlineData("run_name,params_active_precise,tokens,step,final_loss,FLOPs", "run=run_name,parameters=params_active_precise,tokens=tokens,flops=FLOPs,loss=final_loss,step=step")]
    [InlineData("N,N_no_emb,D,compute,eval_loss,budget,family,_step,seconds", "parameters=N,non_embedding_parameters=N_no_emb,tokens=D,flops=compute,loss=eval_loss,budget=budget,family=family,step=_step,seconds=seconds")]
    [InlineData("c,C,N,loss", "parameters=N,flops=C,loss=loss")]
    [InlineData("d,num_tokens,N,loss", "parameters=N,tokens=num_tokens,loss=loss")]
    [InlineData("n,d,loss", "parameters=n,tokens=d,loss=loss")]
    [InlineData("FLOPS,Params,Loss", "parameters=Params,flops=FLOPS,loss=Loss")]
    public async Task Known_names_are_recognised(string header, string mapping)
    {
        var row = string.Join(',', header.Split(',').Select(name => name == "budget" ? "6" : "1"));
        var table = await Reading.ReadAsync($"{header}\n{row}\n");
        Assert.Equal(mapping, table.Mapping.ToString());
        Assert.Empty(table.Warnings);
    }

    [Fact]
    public async Task Every_alias_is_recognised_whatever_its_case()
    {
        foreach (var quantity in Enum.GetValues<SweepQuantity>())
        {
            foreach (var alias in SweepQuantities.Aliases(quantity))
            {
                foreach (var name in new[] { alias, alias.ToUpperInvariant(), alias.ToLowerInvariant() })
                {
                    // The required quantities under names of their own; the mapping gives way to the one under test.
                    var map = string.Join(',', new[] { (SweepQuantity.Parameters, "x1"), (SweepQuantity.Tokens, "x2"), (SweepQuantity.Loss, "x3") }
                        .Where(one => one.Item1 != quantity)
                        .Select(one => $"{SweepQuantities.Name(one.Item1)}={one.Item2}"));
                    var table = await Reading.ReadAsync($"x1,x2,x3,{name}\n1,2,3,5\n", map);
                    Assert.Equal([name], table.Mapping.Columns(quantity)!);
                }
            }
        }
    }

    [Fact]
    public async Task Two_candidates_are_a_warning_and_the_canonical_name_wins()
    {
        var table = await Reading.ReadAsync("val_loss,loss,N,D,train_tokens\n9,3,1,2,8\n");
        Assert.Equal((3, 2), (table.Observations[0].Loss, table.Observations[0].Tokens));
        Assert.Equal(
            [
                "columns D and train_tokens both look like tokens; D is used unless you map another.",
                "columns loss and val_loss both look like loss; loss is used unless you map another.",
            ],
            table.Warnings);
        Assert.Equal([new("val_loss", "9"), new("train_tokens", "8")], table.Runs[0].Config);
        Assert.Empty((await Reading.ReadAsync("val_loss,loss,N,D\n9,3,1,2\n", "loss=val_loss")).Warnings);
    }

    [Fact]
    public async Task Giga_flops_are_converted_with_a_note()
    {
        var table = await Reading.ReadAsync("N,throughput/total_gflops,loss\n1e9,6e9,3\n");
        Assert.Equal((6e18, 1e9), (table.Runs[0].Flops, table.Runs[0].Tokens));
        Assert.Equal("column throughput/total_gflops is in 1e9 FLOP and was multiplied by 1e9.", Assert.Single(table.Warnings));
        Assert.Equal(6e18, (await Reading.ReadAsync("N,D,my_Gflops,loss\n1e9,1e9,6e9,3\n", "flops=my_Gflops")).Runs[0].Flops);
    }

    [Fact]
    public async Task The_mapping_overrides_and_switches_off()
    {
        const string text = "N,D,C,loss,c4,budget\n1e9,1e9,7e18,3,2.5,6e18\n";
        var table = await Reading.ReadAsync(text, "loss=c4,flops=none,budget=none");
        Assert.Equal((2.5, 6e18, null), (table.Runs[0].Loss, table.Runs[0].Flops, table.Runs[0].Budget));
        Assert.Equal("parameters=N,tokens=D,flops=none,loss=c4,budget=none", table.Mapping.ToString());
        Assert.Equal(["C", "loss", "budget"], table.Runs[0].Config.Select(pair => pair.Key));
        Assert.Equal("N", (await Reading.ReadAsync(text, "parameters=n")).Mapping.Columns(SweepQuantity.Parameters)![0]);
    }

    [Theory]
    [InlineData("loss=bits", "has no column 'bits', which loss is mapped to. Columns found: N, D, loss.")]
    [InlineData("run=N+x", "has no column 'x', which run is mapped to. Columns found: N, D, loss.")]
    [InlineData("loss=none", "no column for loss")]
    public async Task A_mapped_column_that_is_not_there_is_an_error(string map, string part)
    {
        foreach (var text in new[] { "N,D,loss\n1,2,3\n", "{\"N\":1,\"D\":2,\"loss\":3}\n" })
        {
            var exception = await Assert.ThrowsAsync<IngestException>(() => Reading.ReadAsync(text, map));
            Assert.Contains(part, exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_run_key_may_have_a_plus_in_a_name_and_share_columns()
    {
        Assert.Equal("x", (await Reading.ReadAsync("a+b,N,D,loss\nx,1,2,3\n", "run=a+b")).Runs[0].Name);
        Assert.Equal("x · y", (await Reading.ReadAsync("a,b,N,D,loss\nx,y,1,2,3\n", "run=a+b")).Runs[0].Name);
        Assert.Equal("7B · y", (await Reading.ReadAsync("b,N,D,loss\ny,7B,2,3\n", "run=N+b")).Runs[0].Name);
        Assert.Equal("x · y", (await Reading.ReadAsync("a+b,e,N,D,loss\nx,y,1,2,3\n", "run=\"a+b\"+e")).Runs[0].Name);
    }

    [Fact]
    public async Task The_only_column_that_ends_like_a_loss_is_the_loss()
    {
        var table = await Reading.ReadAsync("model,params,tokens,steps,pile_test_loss\na,1e9,2e10,10,2.5\nb,2e9,4e10,20,2.25\n");
        Assert.Equal([2.5, 2.25], table.Runs.Select(run => run.Loss!.Value));
        Assert.Contains(table.Warnings, warning => warning.StartsWith("column pile_test_loss is taken for the loss", StringComparison.Ordinal));
        var several = await Assert.ThrowsAsync<IngestException>(() => Reading.ReadAsync("N,D,c4_loss,pile_loss\n1e9,2e10,3,3\n"));
        Assert.Contains("2 of them look like a loss", several.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<IngestException>(() => Reading.ReadAsync("N,D,closs\n1e9,2e10,3\n"));
    }

    [Fact]
    public async Task A_column_in_another_unit_is_multiplied()
    {
        var table = await Reading.ReadAsync("size,tokens,loss\n7,1.4,2.1\n", "parameters=size*1e9,tokens=tokens*1e12");
        Assert.Equal((7e9, 1.4e12), (table.Runs[0].Parameters, table.Runs[0].Tokens));
        Assert.Equal("parameters=size*1000000000,tokens=tokens*1000000000000,loss=loss", table.Mapping.ToString());
    }
}
