using System.Text;
using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Protocols.Paxos;
using Xunit;

namespace Paxi.Protocols.Tests.Paxos;

/// <summary>Quorums and reads.</summary>
public sealed class PaxosReadTests : PaxosClusterSpec
{
    [Theory]
    [InlineData("quorum.q1 = 4, quorum.q2 = 2")]
    [InlineData("quorum.q1 = 5, quorum.q2 = 1")]
    [InlineData("quorum.q1 = 2, quorum.q2 = 4")]
    [InlineData("thrifty = on")]
    [InlineData("thrifty = on, quorum.q1 = 4, quorum.q2 = 2")]
    public void Every_way_to_read_sees_every_write(string settings)
    {
        Start(settings, nodes: 5);
        for (var round = 0; round < 10; round++)
        {
            Put("k", $"{round}");
            Assert.Equal($"{round}", Get("k", ReadMode.Log));
            Assert.Equal($"{round}", Get("k", ReadMode.Leader));
            Assert.Equal($"{round}", Get("k", ReadMode.Quorum));
        }

        Converge();
    }

    /// <summary>Flexible Paxos: with q2 = 2 of 5 the commit needs one follower, so three may be down.</summary>
    [Fact]
    public void A_small_phase_2_quorum_goes_on_when_most_replicas_are_down()
    {
        Start("quorum.q1 = 4, quorum.q2 = 2", nodes: 5);
        foreach (var follower in Followers[..3])
        {
            Cluster.Node(follower).Crash();
        }

        PutMany(10, "v");
        Cluster.Start();
        Converge();
    }

    [Fact]
    public void A_thrifty_leader_goes_on_when_one_of_its_few_is_down()
    {
        Start("thrifty = on", nodes: 5);
        Cluster.Node(new ReplicaId(1, 2)).Crash();
        var started = Cluster.World.Now;
        PutMany(50, "v");

        // One silence of a retransmission interval, and then everyone is asked: not one silence a slot.
        Assert.True(Cluster.World.Now - started < TimeSpan.FromSeconds(2), $"{Cluster.World.Now - started}");
        Cluster.Start();
        Converge();
    }

    /// <summary>The deposed leader has not heard so; its lease has run out before the other could be elected.</summary>
    [Fact]
    public void A_deposed_leader_does_not_answer_lease_reads()
    {
        Start();
        var old = Leader;
        Put("k", "old");
        var near = Cluster.AddClient([old], settings => settings with { ReadMode = ReadMode.Leader, Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal("old", Get("k", client: near));
        Cluster.Network.Split(Others(old), [Name(old)]);
        var reads = new List<string?>();
        for (var round = 0; round < 30; round++)
        {
            near.Send(new Get("k"), reply => reads.Add(reply.Outcome == Outcome.Done ? Encoding.UTF8.GetString(reply.Value!.Value.Span) : null));
            Advance(50);
        }

        Put("k", "new");
        Assert.NotEqual(old, Leader);
        reads.Clear();
        near.Send(new Get("k"), reply => reads.Add(reply.Outcome == Outcome.Done ? Encoding.UTF8.GetString(reply.Value!.Value.Span) : null));
        Advance(400);
        Assert.Equal([null], reads);
    }

    /// <summary>A leader read takes no message between replicas.</summary>
    [Fact]
    public void A_lease_read_costs_no_round()
    {
        Start();
        Put("k", "v");
        var before = Cluster.Coverage.Votes;
        for (var round = 0; round < 20; round++)
        {
            Assert.Equal("v", Get("k", ReadMode.Leader));
        }

        Assert.Equal(before, Cluster.Coverage.Votes);
        Assert.Equal(20, Number(Leader, PaxosRoles.Reader, "reads"));
    }

    /// <summary>Paxos Quorum Reads leave the leader alone, and go on without one as long as nothing is undecided.</summary>
    [Fact]
    public void Quorum_reads_need_no_leader()
    {
        Start(nodes: 5);
        Put("k", "v");
        Converge();
        Advance(200);
        Cluster.Node(Leader).Crash();
        var client = Cluster.AddClient(Followers);
        Assert.Equal("v", Get("k", ReadMode.Quorum, client));
    }

    [Fact]
    public void Quorum_reads_do_not_wait_for_what_a_dead_leader_left_undecided()
    {
        Start(nodes: 3);
        Put("k", "v");
        var dead = Leader;
        var (one, two) = (Followers[0], Followers[1]);

        var losing = AddHastyClient(dead);

        // A vote at one follower for a slot that the next leader does not find, because that follower is down during the election.
        Cluster.Node(dead).Disk.Stall(TimeSpan.FromSeconds(5));
        Cluster.Network.Link(dead, two).IsCut = true;
        SendOnce(losing, "lost");
        Advance(10);
        Cluster.Node(one).Crash();
        Cluster.Node(dead).Disk.Options = Cluster.Node(dead).Disk.Options with { UnsyncedSurvival = 0 };
        Cluster.Node(dead).Crash();
        Cluster.Network.Heal();
        Cluster.Node(dead).Start();
        Advance(3_000);
        Cluster.Node(one).Start();
        Advance(1_000);
        Assert.True(Number(one, PaxosRoles.Acceptor, "last") > Number(one, PaxosRoles.Acceptor, "decided"), "the vote is not there");
        var started = Cluster.World.Now;
        Assert.Equal("v", Get("k", ReadMode.Quorum, Cluster.AddClient([one, two])));
        Assert.True(Cluster.World.Now - started < TimeSpan.FromMilliseconds(100), $"the read took {Cluster.World.Now - started}");
    }

    [Fact]
    public void An_ephemeral_leader_answers_where_it_is_asked()
    {
        Start("ephemeral-leader = on");
        var clients = Cluster.Replicas.Select(id => Cluster.AddClient([id])).ToArray();
        for (var round = 0; round < 12; round++)
        {
            var client = clients[round % 3];
            var reply = client.Execute(new Set("k", Encoding.UTF8.GetBytes($"{round}")));
            Assert.Equal(Outcome.Done, reply.Outcome);
            Assert.Equal(Cluster.Replicas[round % 3], reply.Leader);
            Assert.Equal($"{round}", Get("k", ReadMode.Log, clients[(round + 1) % 3]));
        }

        Converge();
    }

    /// <summary>All at once at every replica: each pushes the others aside, but the pauses grow and every command is done.</summary>
    [Fact]
    public void Ephemeral_leaders_that_rival_make_progress()
    {
        Start("ephemeral-leader = on", nodes: 5);
        var clients = Cluster.Replicas.Select(id => Cluster.AddClient([id])).ToArray();
        var done = 0;
        for (var round = 0; round < 20; round++)
        {
            foreach (var client in clients)
            {
                client.Send(new Set($"k{round}", "v"u8.ToArray()), reply => done += reply.Outcome == Outcome.Done ? 1 : 0);
            }

            Advance(20);
        }

        Cluster.World.Run(() => done == 100, TimeSpan.FromSeconds(9));
        Assert.Equal(100, done);
        Converge();
    }
}
