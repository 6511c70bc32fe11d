using System.Security.Cryptography;
using System.Text;

namespace ScalingDashboard.Dashboard.Curves;

/// <summary>Short names for long descriptions.</summary>
internal static class Hashes
{
    /// <summary>16 hexadecimal digits of the SHA-256 of the lines.</summary>
    internal static string Of(IEnumerable<string> lines) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))))[..16];
}
