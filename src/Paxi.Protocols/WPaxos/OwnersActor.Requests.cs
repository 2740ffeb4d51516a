using Paxi.Actors;
using Paxi.Actors.Clients;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;

namespace Paxi.Protocols.WPaxos;

/// <content>Requests: split by object, and served here or passed on.</content>
internal sealed partial class OwnersActor
{
    private const long MaxPassedBytes = 1 << 20;

    private readonly List<ObjectKey> _named = [];
    private readonly List<Part> _parts = [];
    private readonly List<Passing> _passing = [];

    private void OnPropose(Propose propose)
    {
        if (_waiting + propose.Batch.Count > _options.MaxWaiting && _waiting > 0)
        {
            _refused += propose.Batch.Count;
            _context.Role(KernelRoles.Gateway).Tell(new ProposalRefused(propose.Batch, RefusalReason.Overloaded, Leader: null), Self);
            return;
        }

        _commands += propose.Batch.Count;
        var reader = new BatchReader(propose.Batch);
        var answers = new ResultBlocks(1);
        var hasAnswers = false;
        while (reader.NextBlock())
        {
            var (session, lowest) = (reader.Session, reader.Lowest);
            answers.Begin(session);
            var commands = 0;
            while (reader.NextCommand())
            {
                commands++;
                if (Sort(reader.Sequence, reader.Body) is { } answer)
                {
                    hasAnswers = true;
                    answers.Add(reader.Sequence, answer.Status, answer.Result);
                }
            }

            TakeParts(session, lowest, propose, isWhole: commands == propose.Batch.Count);
        }

        if (hasAnswers)
        {
            _context.Role(KernelRoles.Gateway).Tell(new Executed(0, Ballot.Zero, 0, answers.ToBlocks()), Self);
        }
    }

    /// <summary>Puts a command to the others for its object, or answers it.</summary>
    private (CommandStatus Status, byte[] Result)? Sort(long sequence, ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            // It would open a session; objects get to know sessions by their first command.
            return (CommandStatus.Done, []);
        }

        _named.Clear();
        try
        {
            _machine.ListObjects(body.Span, _named);
        }
        catch (InvalidCommandException fault)
        {
            return (CommandStatus.Invalid, System.Text.Encoding.UTF8.GetBytes(fault.Message));
        }

        if (_named.Count > 1)
        {
            _parts.Add(new Part(_named[0], [(sequence, body)]) { Transaction = [.. _named] });
            return null;
        }

        // A command that names no object goes to the one without a name.
        var key = _named.Count == 0 ? default : _named[0];
        foreach (var part in _parts)
        {
            if (part.Object == key && part.Transaction is null)
            {
                part.Commands.Add((sequence, body));
                return null;
            }
        }

        _parts.Add(new Part(key, [(sequence, body)]));
        return null;
    }

    private void TakeParts(ulong session, long lowest, Propose propose, bool isWhole)
    {
        foreach (var part in _parts)
        {
            var batch = isWhole && part.Commands.Count == propose.Batch.Count ? propose.Batch : BatchWriter.Block(session, lowest, part.Commands);
            var request = new OwnedRequest(batch, propose.Asked, propose.Hops);
            if (part.Transaction is { } objects)
            {
                if (!_begun.Contains((session, part.Commands[0].Sequence)))
                {
                    RouteTransaction(objects, request);
                }
            }
            else
            {
                Route(part.Object, request, hasLost: false);
            }
        }

        _parts.Clear();
    }

    /// <summary>Finds who serves the request.</summary>
    /// <param name="hasLost">This replica has just lost the object: then whoever won is to serve it.</param>
    private void Route(ObjectKey key, OwnedRequest request, bool hasLost)
    {
        var mayPass = request.Hops < GatewayActor.MaxHops;
        if (_map is not null)
        {
            var home = _map.Home(key, _neighbours.IsGone);
            if (mayPass && home != _self)
            {
                PassOn(home, request);
            }
            else
            {
                Give(key, request, ServeMode.Steal);
            }

            return;
        }

        if (mayPass && Successor(key) is { } successor)
        {
            PassOn(successor, request);
            return;
        }

        var row = _table[key];
        var active = _table.Find(key);
        hasLost |= active is not null && Now < active.CalmUntil;
        if (mayPass && active?.MovingTo is { } to && Now < active.MovingUntil && !_neighbours.IsGone(to))
        {
            PassOn(to, request);
        }
        else if (row.IsOwned)
        {
            Give(key, request, ServeMode.IfOwned);
        }
        else if (active is not { IsPreparing: true } && mayPass && MayServe(row.Ballot, hasLost || _options.IsAdaptive))
        {
            PassOn(row.Ballot.Owner, request);
        }
        else
        {
            Give(key, request, row.Ballot.IsZero && _options.IsAdaptive && mayPass ? ServeMode.IfUnknown : ServeMode.Steal);
        }
    }

    /// <summary>
    /// Whether a request is better off with the replica that the ballot is of. That one may live although it is suspected, and while phase 1 has no quorum only an owner that
    /// stays one can commit: a higher ballot would take the object from it and give it to nobody.
    /// </summary>
    /// <param name="isPreferred">Whether it is also while this replica could take the object.</param>
    private bool MayServe(Ballot ballot, bool isPreferred) =>
        !ballot.IsZero && ballot.Owner != _self
        && (_neighbours.CanPrepare ? isPreferred && !_neighbours.IsGone(ballot.Owner) : _context.Quorums.IndexOf(ballot.Owner) >= 0);

    /// <summary>
    /// A replica that leaves takes no object any more, and what it owned it hands over by passing on the first request to one that stays, who takes the object because its owner
    /// goes. What nobody asks for follows when it has left (<see cref="BeginInheriting"/>). Null at a replica that stays.
    /// </summary>
    private ReplicaId? Successor(ObjectKey key)
    {
        if (!_neighbours.IsLeaving)
        {
            return null;
        }

        if (_table[key].Ballot.Owner is var owner && !_neighbours.IsGone(owner))
        {
            return owner;
        }

        return _neighbours.Heir(key);
    }

    private OwnerAnswer OwnerOf(ObjectKey key)
    {
        var ballot = _table[key].Ballot;
        return _map is not null ? new OwnerAnswer(_map.Home(key, _neighbours.IsGone), ballot) : new OwnerAnswer(ballot.IsZero ? null : ballot.Owner, ballot);
    }

    private void Give(ObjectKey key, OwnedRequest request, ServeMode mode)
    {
        var owner = Activate(key);
        owner.IsPreparing |= mode != ServeMode.IfOwned && !_table[key].IsOwned;
        owner.Waiting += request.Batch.Count;
        _waiting += request.Batch.Count;
        owner.Actor.Tell(new Serve(request, mode), Self);
    }

    /// <summary>Collected until the end of the burst: what goes to the same replica for the same gateway goes together.</summary>
    private void PassOn(ReplicaId to, OwnedRequest request)
    {
        _passedOn.Add(request.Batch.Count);
        QueueFlush();
        foreach (var passing in _passing)
        {
            if (passing.To == to && passing.Asked == request.Asked && passing.Hops == request.Hops && passing.Bytes < MaxPassedBytes)
            {
                passing.Add(request.Batch);
                return;
            }
        }

        var added = new Passing(to, request.Asked, request.Hops);
        added.Add(request.Batch);
        _passing.Add(added);
    }

    private void SendPassedOn()
    {
        foreach (var passing in _passing)
        {
            _context.Role(KernelRoles.Gateway).Tell(new PassOn(passing.To, passing.Asked, passing.Hops, BatchWriter.Join(passing.Batches)), Self);
        }

        _passing.Clear();
    }

    /// <summary>The commands of a block for one object.</summary>
    private sealed record Part(ObjectKey Object, List<(long Sequence, ReadOnlyMemory<byte> Body)> Commands)
    {
        /// <summary>The objects of a command over several, null for one.</summary>
        public ObjectKey[]? Transaction { get; init; }
    }

    private sealed class Passing(ReplicaId to, ReplicaId asked, byte hops)
    {
        public ReplicaId To => to;

        public ReplicaId Asked => asked;

        public byte Hops => hops;

        public List<Batch> Batches { get; } = [];

        public long Bytes { get; private set; }

        public void Add(Batch batch)
        {
            Batches.Add(batch);
            Bytes += batch.Payload.Length;
        }
    }
}
