namespace ScalingDashboard.Numerics.Laws;

/// <summary>Published coefficients, each with its source.</summary>
public static class PublishedLaws
{
    private const double GopherFlops = 5.76e23;
    private const string HoffmannCounting = "all parameters, embeddings included";
    private static readonly (double, double) s_hoffmannRange = (6e18, 3e21);

    /// <summary>Hoffmann et al., arXiv 2203.15556, Table 2 and Table 3: approach 1, through 67B at Gopher's budget.</summary>
    public static PublishedLaw HoffmannApproach1 { get; } = new()
    {
        Key = "hoffmann1",
        Name = "Hoffmann et al., approach 1",
        Source = "Hoffmann et al. 2022, arXiv 2203.15556, Tables 2 and 3",
        Counting = HoffmannCounting,
        Law = new AllocationLine(PowerLaw.Through(GopherFlops, 67e9, 0.50)),
        ParameterExponent = new(0.50, 0.488, 0.502),
        TokenExponent = new(0.50, 0.501, 0.512),
        FlopsRange = s_hoffmannRange,
    };

    /// <summary>Hoffmann et al., arXiv 2203.15556, Table 2 and Figure 3: approach 2, through 63B at Gopher's budget.</summary>
    public static PublishedLaw HoffmannApproach2 { get; } = new()
    {
        Key = "hoffmann2",
        Name = "Hoffmann et al., approach 2",
        Source = "Hoffmann et al. 2022, arXiv 2203.15556, Table 2 and Figure 3",
        Counting = HoffmannCounting,
        Law = new AllocationLine(PowerLaw.Through(GopherFlops, 63e9, 0.49)),
        ParameterExponent = new(0.49, 0.462, 0.534),
        TokenExponent = new(0.51, 0.483, 0.529),
        FlopsRange = s_hoffmannRange,
    };

    /// <summary>Hoffmann et al., approach 3 with the coefficients of the TeX source, before rounding (printed by arXiv 2404.10102's notebook, cell 16).</summary>
    public static PublishedLaw HoffmannApproach3 { get; } = Parametric(
        "hoffmann3",
        "Hoffmann et al., approach 3",
        "Hoffmann et al. 2022, arXiv 2203.15556, §3.3; unrounded coefficients as in Besiroglu et al. 2024, arXiv 2404.10102",
        new ChinchillaLaw(Math.Exp(0.5267228), Math.Exp(6.0073404), Math.Exp(6.0179186), 0.33917084, 0.2849083),
        new(0.46, 0.454, 0.455),
        new(0.54, 0.542, 0.543));

    /// <summary>Hoffmann et al., approach 3 with the coefficients as printed (D.2), whose rounding shifts N by 20 % at Gopher's budget.</summary>
    public static PublishedLaw HoffmannApproach3Rounded { get; } = Parametric(
        "hoffmann3rounded",
        "Hoffmann et al., approach 3, as printed",
        "Hoffmann et al. 2022, arXiv 2203.15556, appendix D.2",
        new ChinchillaLaw(1.69, 406.4, 410.7, 0.34, 0.28),
        new(0.46, 0.454, 0.455),
        new(0.54, 0.542, 0.543));

    /// <summary>Besiroglu et al. (Epoch AI), the refit on 240 points recovered from Hoffmann's Figure 4.</summary>
    public static PublishedLaw Epoch { get; } = Parametric(
        "epoch",
        "Besiroglu et al. (Epoch AI)",
        "Besiroglu et al. 2024, arXiv 2404.10102, §3",
        new ChinchillaLaw(1.816864, 482.0057, 2085.4342, 0.347813, 0.365854),
        // a = 0.513 with standard error 0.020; the 80 % range is 1.2816 standard errors either way.
        new(0.513, 0.487, 0.539),
        new(0.487, 0.461, 0.513));

    /// <summary>Kaplan et al., N_opt = 1.3e9·(C/PF-day)^0.73 with one PF-day = 8.64e19 FLOP; D = C/(6N).</summary>
    public static PublishedLaw Kaplan { get; } = new()
    {
        Key = "kaplan",
        Name = "Kaplan et al.",
        Source = "Kaplan et al. 2020, arXiv 2001.08361, §6",
        Counting = "without embeddings",
        Law = new AllocationLine(PowerLaw.Through(8.64e19, 1.3e9, 0.73)),
        ParameterExponent = new(0.73),
        TokenExponent = new(0.27),
    };

    /// <summary>All of them, in the order they are listed.</summary>
    public static IReadOnlyList<PublishedLaw> All { get; } =
        [Kaplan, HoffmannApproach1, HoffmannApproach2, HoffmannApproach3, HoffmannApproach3Rounded, Epoch];

    private static PublishedLaw Parametric(
        string key, string name, string source, ChinchillaLaw surface, PublishedExponent parameterExponent, PublishedExponent tokenExponent) =>
        new()
        {
            Key = key,
            Name = name,
            Source = source,
            Counting = HoffmannCounting,
            Law = surface,
            ParameterExponent = parameterExponent,
            TokenExponent = tokenExponent,
            FlopsRange = s_hoffmannRange,
        };
}
