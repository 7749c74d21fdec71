using System.Runtime.Versioning;

namespace FastPubSub.Tests;

/// <summary>These tests run with the library that they are meant for.</summary>
public class TargetTests
{
    [Fact]
    public void The_library_is_the_one_for_NET_8() => Assert.Equal(
        ".NETCoreApp,Version=v8.0",
        typeof(FastPubSubClient).Assembly.GetCustomAttributes(typeof(TargetFrameworkAttribute), inherit: false).Cast<TargetFrameworkAttribute>().Single().FrameworkName);
}
