using Paxi.Actors.Configuration;
using Xunit;

namespace Paxi.Node.Tests.Configuration;

/// <summary>What Akka's HOCON parser lacks or passes over in silence.</summary>
public sealed class HoconTests : ConfigurationFiles
{
    [Fact]
    public void An_include_is_relative_to_the_file_that_has_it()
    {
        Write("common/replicas.hocon", Three);
        Write("common/all.hocon", "paxi { include \"replicas.hocon\" }\npaxi.data = there");
        var path = Write("node/server.hocon", "include \"../common/all.hocon\"\npaxi { admin = on }");

        var settings = PaxiSettings.Load(path, SettingsOverrides.None);

        Assert.Equal(3, settings.Replicas.Length);
        Assert.True(settings.Admin);
        Assert.EndsWith("there", settings.DataDirectory, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_behind_an_include_wins_and_what_stands_before_it_loses()
    {
        Write("common.hocon", "paxi { admin = on, journal = memory }");
        var path = Write("main.hocon", $"paxi {{ admin = off\n{Three} }}\ninclude \"common.hocon\"\npaxi.journal = disk");

        var settings = PaxiSettings.Load(path, SettingsOverrides.None);

        Assert.True(settings.Admin);
        Assert.Equal(JournalKind.Disk, settings.Journal);
    }

    [Fact]
    public void A_key_of_an_included_file_can_be_referred_to()
    {
        Write("common.hocon", "paxi.batch.pipeline = 5");
        var path = Write("main.hocon", $"include \"common.hocon\"\npaxi {{ {Three}\n batch.max-commands = ${{paxi.batch.pipeline}} }}");

        Assert.Equal(5, PaxiSettings.Load(path, SettingsOverrides.None).Section.GetInt("batch.max-commands"));
    }

    [Fact]
    public void A_missing_include_names_the_line_that_wants_it()
    {
        var message = Refused("paxi {\n  include \"gone.hocon\"\n}");

        Assert.Equal("gone.hocon is not there (included at test.hocon:2); name a configuration file with --config FILE", message);
    }

    [Fact]
    public void Files_that_include_each_other_are_refused()
    {
        Assert.Contains("include one another more than 16 deep", Refused("include \"test.hocon\""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("include file(\"x\")")]
    [InlineData("include required(\"x\")")]
    public void Forms_of_include_that_are_not_understood_are_named(string line)
    {
        Assert.Equal("test.hocon:1: only include \"FILE\" is understood, relative to this file", Refused(line));
    }

    [Fact]
    public void A_variable_stands_for_its_value_bare_and_in_quotes()
    {
        SetVariable("PAXI_TEST_HOST", "10.0.0.7");
        SetVariable("PAXI_TEST_PORT", "5111");
        var settings = Load("""
            paxi {
              address { "1.1" = "akka.tcp://paxi@${PAXI_TEST_HOST}:${PAXI_TEST_PORT}" }
              batch.pipeline = ${PAXI_TEST_PORT} # not this one: ${PAXI_TEST_NOTHING}
            }
            """);

        Assert.Equal("akka.tcp://paxi@10.0.0.7:5111", settings.Replicas[0].Remote.ToString());
        Assert.Equal(5111, settings.Section.GetInt("batch.pipeline"));
    }

    [Fact]
    public void A_variable_is_text_whatever_it_holds()
    {
        SetVariable("PAXI_TEST_TEXT", "a \"b\" } # c\\");
        var settings = LoadPaxi("data = ${PAXI_TEST_TEXT}\nadmin = on");

        Assert.EndsWith("a \"b\" } # c\\", settings.DataDirectory, StringComparison.Ordinal);
        Assert.True(settings.Admin);
    }

    [Fact]
    public void A_variable_that_must_be_there_and_is_not_is_named_with_its_line()
    {
        Assert.Equal(
            "test.hocon:7: the environment has no variable PAXI_TEST_GONE; set it, or write ${?PAXI_TEST_GONE} where it may be missing",
            RefusedPaxi("admin = ${PAXI_TEST_GONE}"));
    }

    [Theory]
    [InlineData("admin = on\nadmin = ${?PAXI_TEST_GONE}\njournal = memory")]
    [InlineData("admin = on, admin = ${?PAXI_TEST_GONE}, journal = memory")]
    [InlineData("admin = on\nadmin =\n  ${?PAXI_TEST_GONE} // no\njournal = memory")]
    public void An_optional_variable_that_is_missing_leaves_the_earlier_value(string lines)
    {
        var settings = LoadPaxi(lines);

        Assert.True(settings.Admin);
        Assert.Equal(JournalKind.Memory, settings.Journal);
    }

    [Fact]
    public void An_optional_variable_that_is_there_wins()
    {
        SetVariable("PAXI_TEST_ADMIN", "on");

        Assert.True(LoadPaxi("admin = off\nadmin = ${?PAXI_TEST_ADMIN}").Admin);
    }

    [Fact]
    public void A_comma_behind_a_brace_is_allowed()
    {
        var settings = Load($"paxi {{ {Three}, quorum {{ q1 = 2, q2 = 2 }}, admin = on }}, akka {{ }}");

        Assert.True(settings.Admin);
        Assert.Equal(2, settings.Section.GetInt("quorum.q1"));
    }

    [Theory]
    [InlineData("paxi {\n admin = on\n", "test.hocon:1: the { of this line is never closed")]
    [InlineData("paxi { admin = on }\n}\n", "test.hocon:2: } closes nothing")]
    [InlineData("paxi { admin = [on }", "test.hocon:1: } closes nothing")]
    [InlineData("paxi {\n data = \"here\n}", "test.hocon:2: a \" of this line is never closed")]
    [InlineData("paxi {\n algorithm =\n admin = on\n}", "test.hocon:3: a second = in one statement; is the value of the first missing, or does a text need quotes?")]
    [InlineData("paxi {\n admin on\n journal = disk\n}", "test.hocon:2: admin on is neither key = value nor key { }")]
    [InlineData("paxi {\n algorithm =\n}", "test.hocon:3: algorithm = has no value")]
    [InlineData("paxi {\n data += x\n}", "test.hocon:2: += is not understood; write the whole list with =")]
    [InlineData("paxi {\n data = ${?paxi.read}\n}", "test.hocon:2: ${?paxi.read} is understood for variables of the environment only, whose names are ALL_CAPS")]
    [InlineData("paxi {\n data = ${HOME\n}", "test.hocon:2: the ${ of this line is never closed")]
    [InlineData("= on", "test.hocon:1: = without a key before it")]
    public void What_the_parser_would_misread_is_named_with_its_line(string text, string message)
    {
        Assert.Equal(message, Refused(text));
    }

    [Fact]
    public void A_reference_to_no_key_is_refused()
    {
        Assert.Contains("is not HOCON", RefusedPaxi("data = ${paxi.nothing}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gone/cluster.hocon", "is not there; name a configuration file with --config FILE")]
    [InlineData("", "is a directory, not a configuration file")]
    public void A_file_that_cannot_be_read_is_named(string name, string message)
    {
        var path = Path.Combine(Directory, name);

        Assert.Contains(message, Assert.Throws<ConfigurationException>(() => PaxiSettings.Load(path, SettingsOverrides.None)).Message, StringComparison.Ordinal);
    }
}
