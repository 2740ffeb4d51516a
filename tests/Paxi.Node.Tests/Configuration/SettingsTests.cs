using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Configuration;
using Xunit;

namespace Paxi.Node.Tests.Configuration;

public sealed class SettingsTests : ConfigurationFiles
{
    [Fact]
    public void The_replicas_keep_the_order_of_the_file_and_the_first_is_the_seed()
    {
        var settings = Load("""
            paxi {
              address {
                "3.1" = "akka.tcp://paxi@c:1"
                "1.2" = "akka.tcp://paxi@b:1"
                "1.1" = "akka.tcp://paxi@a:1"
              }
              http-address { "1.2" = "http://b:80" }
            }
            """);

        Assert.Equal([new ReplicaId(3, 1), new ReplicaId(1, 2), new ReplicaId(1, 1)], settings.Ids.ToArray());
        Assert.Equal("akka.tcp://paxi@c:1", settings.Seeds[0].ToString());
        Assert.Equal(3, settings.Seeds.Length);
        Assert.Equal(new Uri("http://b:80"), settings.Find(new ReplicaId(1, 2)).Rest);
        Assert.Null(settings.Find(new ReplicaId(1, 1)).Rest);
    }

    [Fact]
    public void The_defaults_are_those_of_the_reference()
    {
        var settings = LoadPaxi("");

        Assert.Equal("paxos", settings.Algorithm);
        Assert.Equal(JournalKind.Disk, settings.Journal);
        Assert.Equal(ReadMode.Log, settings.ReadMode);
        Assert.False(settings.Admin);
        Assert.Equal(Path.GetFullPath("data"), settings.DataDirectory);
        Assert.Equal(TimeSpan.FromMilliseconds(100), settings.Section.GetTimeSpan("heartbeat-interval"));
    }

    [Fact]
    public void The_command_line_goes_before_the_file()
    {
        var settings = Load($"paxi {{ {Three}\n journal = disk, data = there, algorithm = x }}",
            new SettingsOverrides { Algorithm = "y", Journal = "memory", Data = "/tmp/else \"where\"" });

        Assert.Equal("y", settings.Algorithm);
        Assert.Equal("y", settings.Section.GetString("algorithm"));
        Assert.Equal(JournalKind.Memory, settings.Journal);
        Assert.Equal("/tmp/else \"where\"", settings.DataDirectory);
    }

    [Fact]
    public void Zones_and_nodes_replace_the_addresses_of_the_file()
    {
        var settings = Load($"paxi {{ {Three}\n http-address {{ \"1.3\" = \"http://127.0.0.1:99\" }}, admin = on }}", new SettingsOverrides { Zones = 2, Nodes = 2 });

        Assert.Equal([new(1, 1), new(1, 2), new(2, 1), new(2, 2)], settings.Ids.ToArray());
        Assert.Equal("akka.tcp://paxi@127.0.0.1:4122", settings.Replicas[3].Remote.ToString());
        Assert.Equal(new Uri("http://127.0.0.1:8083"), settings.Replicas[3].Rest);
        Assert.True(settings.Admin);
        Assert.False(settings.Section.HasPath("address.\"1.3\""));
        Assert.False(settings.Section.HasPath("http-address.\"1.3\""));
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(10, 1)]
    [InlineData(9, 9)]
    [InlineData(3, null)]
    public void Zones_and_nodes_out_of_range_are_refused(int? zones, int? nodes)
    {
        var message = Refused($"paxi {{ {Three} }}", new SettingsOverrides { Zones = zones, Nodes = nodes });

        Assert.StartsWith("--zones", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("journal", "tape", "--journal tape: it may be disk or memory")]
    [InlineData("data", "", "--data needs the name of a directory")]
    public void A_wrong_option_is_named(string option, string value, string message)
    {
        var overrides = option == "journal" ? new SettingsOverrides { Journal = value } : new SettingsOverrides { Data = value };

        Assert.Equal(message, Refused($"paxi {{ {Three} }}", overrides));
    }

    [Theory]
    [InlineData("heartbeat-intervall = 1s", "paxi.heartbeat-intervall is no known key; did you mean heartbeat-interval? (test.hocon:7)")]
    [InlineData("ephemeral_leader = on", "paxi.ephemeral_leader is no known key; did you mean ephemeral-leader? (test.hocon:7)")]
    [InlineData("batch { piepline = 1 }", "paxi.batch.piepline is no known key; did you mean pipeline? (test.hocon:7)")]
    [InlineData("zzzzzz = 1", "paxi.zzzzzz is no known key; it may be algorithm, ")]
    [InlineData("quorum { q3x4y5 = 1 }", "paxi.quorum.q3x4y5 is no known key; it may be q1, q2 (test.hocon:7)")]
    [InlineData("thrifty = no", "paxi.thrifty = no: it may be on or off (test.hocon:7)")]
    [InlineData("admin = maybe", "paxi.admin = maybe: it may be on or off (test.hocon:7)")]
    [InlineData("journal = tape", "paxi.journal = tape: it may be disk or memory (test.hocon:7)")]
    [InlineData("read = fast", "paxi.read = fast: it may be log, leader, quorum or any (test.hocon:7)")]
    [InlineData("heartbeat-interval = soon", "paxi.heartbeat-interval = soon: it may be a time from 1ms to 1h, as 250ms or 2s (test.hocon:7)")]
    [InlineData("heartbeat-interval = 0ms", "paxi.heartbeat-interval = 0ms: it may be a time from 1ms to 1h, as 250ms or 2s (test.hocon:7)")]
    [InlineData("batch.max-bytes = much", "paxi.batch.max-bytes = much: it may be a size from 1 byte to 1g, as 65536, 256k or 1m (test.hocon:7)")]
    [InlineData("batch.pipeline = -1", "paxi.batch.pipeline = -1: it may be a whole number from 1 (test.hocon:7)")]
    [InlineData("batch.pipeline = 3000000000", "paxi.batch.pipeline = 3000000000: it may be a whole number from 1 (test.hocon:7)")]
    [InlineData("quorum.q1 = 65", "paxi.quorum.q1 = 65: it may be a whole number from 0 to 64 (test.hocon:7)")]
    [InlineData("batch = 5", "paxi.batch is a section: write batch { … } (test.hocon:7)")]
    [InlineData("algorithm { a = 1 }", "paxi.algorithm is a section or list: it may be a text (test.hocon:7)")]
    [InlineData("admin = [on]", "paxi.admin is a section or list: it may be on or off (test.hocon:7)")]
    public void A_wrong_key_or_value_is_named_with_what_it_may_be(string line, string message)
    {
        Assert.StartsWith(message, RefusedPaxi(line), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("paxy { }", "paxy is no known key; did you mean paxi? (test.hocon:1)")]
    [InlineData("paxi = 1", "paxi is a section: write paxi { … } (test.hocon:1)")]
    [InlineData("akka { loglevel = LOUD }", "akka.loglevel = LOUD: it may be DEBUG, INFO, WARNING, ERROR or OFF (test.hocon:1)")]
    [InlineData("akka.stdout-loglevel = 3", "akka.stdout-loglevel = 3: it may be DEBUG, INFO, WARNING, ERROR or OFF (test.hocon:1)")]
    [InlineData("paxi { }", "paxi.address is empty: it must name every replica, as \"1.1\" = \"akka.tcp://paxi@HOST:PORT\" (test.hocon)")]
    [InlineData("", "paxi.address is empty: it must name every replica, as \"1.1\" = \"akka.tcp://paxi@HOST:PORT\" (test.hocon)")]
    public void The_sections_of_a_file_are_known(string text, string message)
    {
        Assert.Equal(message, Refused(text));
    }

    [Theory]
    [InlineData("\"1.1\" = \"akka.tcp://paksi@h:1\"", "paxi.address.\"1.1\" = akka.tcp://paksi@h:1: the actor system is called paxi, not paksi: akka.tcp://paxi@HOST:PORT (test.hocon:3)")]
    [InlineData("\"1.1\" = \"127.0.0.1:4111\"", "paxi.address.\"1.1\" = 127.0.0.1:4111: it must be akka.tcp://paxi@HOST:PORT (test.hocon:3)")]
    [InlineData("\"1.1\" = \"akka.tcp://paxi@h\"", "paxi.address.\"1.1\" = akka.tcp://paxi@h: it must be akka.tcp://paxi@HOST:PORT (test.hocon:3)")]
    [InlineData("\"1.1\" = \"akka.tcp://paxi@h:0\"", "paxi.address.\"1.1\" = akka.tcp://paxi@h:0: it must be akka.tcp://paxi@HOST:PORT (test.hocon:3)")]
    [InlineData("\"1.1\" = \"akka.tcp://paxi@h:99999\"", "paxi.address.\"1.1\" = akka.tcp://paxi@h:99999: it must be akka.tcp://paxi@HOST:PORT (test.hocon:3)")]
    [InlineData("\"1.1\" = \"akka://paxi@h:1\"", "paxi.address.\"1.1\" = akka://paxi@h:1: it must be akka.tcp://paxi@HOST:PORT (test.hocon:3)")]
    [InlineData("\"1.1\" = \"akka.tcp://paxi@h:1/user\"", "paxi.address.\"1.1\" = akka.tcp://paxi@h:1/user: it must be akka.tcp://paxi@HOST:PORT (test.hocon:3)")]
    [InlineData("\"1.1\" = \"akka.tcp://paxi@0.0.0.0:1\"", "paxi.address.\"1.1\" = akka.tcp://paxi@0.0.0.0:1: others cannot reach this address; write the one they know, and set akka.remote.dot-netty.tcp.hostname to listen on all (test.hocon:3)")]
    [InlineData("1.1 = \"akka.tcp://paxi@h:1\"", "paxi.address.1: write the id in quotes, as \"1.1\" (test.hocon:3)")]
    [InlineData("\"one\" = \"akka.tcp://paxi@h:1\"", "paxi.address.one: a replica's id is ZONE.NODE in quotes, as \"1.1\" (test.hocon:3)")]
    [InlineData("\"01.1\" = \"akka.tcp://paxi@h:1\"", "paxi.address.01.1: a replica's id is ZONE.NODE in quotes, as \"1.1\" (test.hocon:3)")]
    [InlineData("\"1.1\" = [1]", "paxi.address.\"1.1\" is a section or list; it must be an address in quotes (test.hocon:3)")]
    [InlineData("\"1.1\" = \"akka.tcp://paxi@h:1\"\n\"1.2\" = \"akka.tcp://paxi@H:1\"", "paxi.address.\"1.2\" = akka.tcp://paxi@H:1: h:1 is taken by paxi.address.\"1.1\" (test.hocon:2)")]
    public void A_wrong_address_is_named(string line, string message)
    {
        Assert.Equal(message, Refused($"paxi {{\n address {{\n{line}\n}}\n}}"));
    }

    [Theory]
    [InlineData("\"1.4\" = \"http://h:1\"", "paxi.http-address.\"1.4\" = http://h:1: no such replica in paxi.address; it may be 1.1, 1.2, 1.3 (test.hocon:7)")]
    [InlineData("\"1.1\" = \"https://h:1\"", "paxi.http-address.\"1.1\" = https://h:1: it must be http://HOST:PORT (test.hocon:7)")]
    [InlineData("\"1.1\" = \"http://h:1/x\"", "paxi.http-address.\"1.1\" = http://h:1/x: it must be http://HOST:PORT (test.hocon:7)")]
    [InlineData("\"1.1\" = \"http://127.0.0.1:4212\"", "paxi.http-address.\"1.1\" = http://127.0.0.1:4212: 127.0.0.1:4212 is taken by paxi.address.\"1.2\" (test.hocon:2)")]
    [InlineData("\"1.1\" = \"http://h:1\"\n\"1.2\" = \"http://h:1\"", "paxi.http-address.\"1.2\" = http://h:1: h:1 is taken by paxi.http-address.\"1.1\" (test.hocon:2)")]
    public void A_wrong_REST_address_is_named(string lines, string message)
    {
        Assert.Equal(message, RefusedPaxi($"http-address {{ {lines} }}"));
    }

    [Fact]
    public void Hosts_may_be_names_and_IPv6_literals()
    {
        var settings = Load("""
            paxi {
              address {
                "1.1" = "akka.tcp://paxi@[::1]:4111"
                "1.2" = "akka.tcp://paxi@replica-2.example:4111"
              }
              http-address { "1.1" = "http://[::1]:8080", "1.2" = "http://replica-2.example:8080" }
            }
            """);

        Assert.Equal("akka.tcp://paxi@[::1]:4111", settings.Replicas[0].Remote.ToString());
        Assert.Equal("replica-2.example", settings.Replicas[1].Remote.Host);
        Assert.Equal(8080, settings.Replicas[0].Rest!.Port);
    }

    [Fact]
    public void An_unknown_id_is_answered_with_those_there_are()
    {
        var fault = Assert.Throws<ConfigurationException>(() => LoadPaxi("").Find(new ReplicaId(9, 9)));

        Assert.Contains("--id 9.9: no such replica", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith("it may be 1.1, 1.2, 1.3", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_file_tells_Akka_goes_before_what_we_tell_it()
    {
        var settings = Load($"paxi {{ {Three} }}\nakka.remote.retry-gate-closed-for = 777ms");

        Assert.Equal(TimeSpan.FromMilliseconds(777), SystemConfiguration.Node(settings).GetTimeSpan("akka.remote.retry-gate-closed-for"));
        Assert.Equal(TimeSpan.FromMilliseconds(777), SystemConfiguration.Client(settings).GetTimeSpan("akka.remote.retry-gate-closed-for"));
        Assert.Equal(4 << 20, SystemConfiguration.Node(settings).GetByteSize("akka.remote.dot-netty.tcp.maximum-frame-size"));
    }

    [Fact]
    public void Every_file_in_the_repository_is_a_good_configuration()
    {
        SetVariable("HOST_A", "a");
        SetVariable("HOST_B", "b");
        SetVariable("HOST_C", "c");
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Paxi.Akka.sln")))
        {
            root = root.Parent!;
        }

        var files = System.IO.Directory.GetFiles(Path.Combine(root.FullName, "hocon"), "*.hocon").Where(file => !file.EndsWith("common.hocon", StringComparison.Ordinal)).Append(Path.Combine(root.FullName, "cluster.hocon"));

        Assert.All(files, file => Assert.NotEmpty(PaxiSettings.Load(file, SettingsOverrides.None).Replicas));
    }
}
