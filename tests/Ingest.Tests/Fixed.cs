using FsCheck;
using Microsoft.FSharp.Core;

namespace ScalingDashboard.Ingest.Tests;

/// <summary>Property tests with a fixed seed: the same cases on every machine.</summary>
internal static class Fixed
{
    public static Config Config(int tests) => FsCheck.Config.QuickThrowOnFailure
        .WithMaxTest(tests)
        .WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(20240410UL, 2203155557UL), FSharpOption<int>.None)));
}
