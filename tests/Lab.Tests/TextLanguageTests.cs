using System.Text;
using ScalingDashboard.Lab.Languages;

namespace ScalingDashboard.Lab.Tests;

public sealed class TextLanguageTests
{
    // Nine parts of a, one of b: what is held out is told from the rest at a glance.
    private static readonly TextLanguage s_language = new(Encoding.UTF8.GetBytes(new string('a', 9_000) + new string('b', 1_000)));

    [Fact]
    public void Held_out_losses_are_on_text_that_nothing_is_trained_on()
    {
        Assert.All(Fill(ILanguage.HeldOut, 0, 500), token => Assert.Equal('b', token));
        Assert.All(Fill(1, 0, 5_000), token => Assert.Equal('a', token));
    }

    [Fact]
    public void The_same_sequences_in_whatever_portions_they_are_drawn()
    {
        var language = new TextLanguage(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{i} "))));
        int[] whole = new int[60], half = new int[30];
        language.Fill(3, 7, 10, whole);
        language.Fill(3, 10, 10, half);
        Assert.Equal(whole[30..], half);
        language.Fill(4, 10, 10, half);
        Assert.NotEqual(whole[30..], half);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("short", "has 5 bytes")]
    public void A_text_too_small_is_refused(string text, string words) => Assert.Contains(words, TextLanguage.Problem("t.txt", Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);

    [Fact]
    public void What_is_no_text_is_refused()
    {
        Assert.Contains("t.bin is not a UTF-8 text", TextLanguage.Problem("t.bin", [.. new byte[20_000]]), StringComparison.Ordinal);
        Assert.Contains("is not a UTF-8 text", TextLanguage.Problem("t.bin", [.. Enumerable.Repeat((byte)0xE9, 20_000)]), StringComparison.Ordinal);
        Assert.Null(TextLanguage.Problem("t.txt", Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("é", 9_000)))));
    }

    [Fact]
    public void A_context_longer_than_what_is_held_out_is_refused() =>
        Assert.Contains("Choose a shorter context", Assert.Throws<LabException>(() => Fill(ILanguage.HeldOut, 0, 2_000, 2_000)).Message, StringComparison.Ordinal);

    private static int[] Fill(int stream, int first, int count, int length = 50)
    {
        var tokens = new int[count];
        s_language.Fill(stream, first, length, tokens);
        return tokens;
    }
}
