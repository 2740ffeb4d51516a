using System.Buffers;
using System.Globalization;
using Paxi.Actors.Commands;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// The client sessions, replicated like the state that they guard: each replica, executing the same commands in the same order, comes to
/// the same table, and a snapshot holds it. So a command takes effect once even if it is decided several times, whoever led (Ongaro,
/// "Consensus: Bridging Theory and Practice", 2014, section 6.3; the idea that a replicated state machine recognizes a command by its
/// client and number is Lamport's, 1978 and 1998).
/// <para>
/// A session is opened by a command of its own, because the table is bounded: when it is full, the session used longest ago is forgotten.
/// From then on nothing tells whether one of its commands took effect, so none may be executed again. Therefore a command of an unknown
/// session is never executed, and an id at or below one that was forgotten, the floor, is never opened again: not even by a late copy of
/// the command that opened it. Ids should grow with time, so that the floor stays below those that new clients choose;
/// <see cref="SessionIds"/> makes such.
/// </para>
/// <para>
/// Results are bounded in bytes, per session and over all. Where they exceed that, the result goes and the fact that the command was
/// executed stays: <see cref="CommandStatus.ResultDropped"/>.
/// </para>
/// <code>
/// table := floor u64, count varint, session{count}, the one used longest ago first
/// </code>
/// A session as in <see cref="SessionCodec"/>.
/// </summary>
internal sealed class SessionTable(SessionLimits limits)
{
    private readonly Dictionary<ulong, Session> _sessions = [];
    private readonly LinkedList<Session> _byUse = new();
    private readonly LinkedList<Session> _holding = new();
    private long _heldBytes;

    /// <summary>The smallest id that may be opened.</summary>
    public ulong Floor { get; private set; }

    /// <summary>How many sessions are open.</summary>
    public int Count => _sessions.Count;

    /// <summary>The session, as the one used last; null when it is not open.</summary>
    public Session? Use(ulong id, long lowest)
    {
        if (!_sessions.TryGetValue(id, out var session))
        {
            return null;
        }

        Touch(session);
        var before = session.HeldBytes;
        session.AdvanceTo(lowest);
        Account(session, before);
        return session;
    }

    /// <summary>Opens a session that is not open; null when its id may not be opened.</summary>
    public Session? Open(ulong id, long lowest)
    {
        if (id < Floor || id == ulong.MaxValue)
        {
            return null;
        }

        while (_sessions.Count >= limits.MaxSessions)
        {
            Forget(_byUse.First!.Value);
        }

        return Insert(new Session(id, lowest));
    }

    /// <summary>Puts down how a command of the session, the one used last, ended.</summary>
    public void Record(Session session, long sequence, CommandStatus status, ReadOnlySpan<byte> result)
    {
        var before = session.HeldBytes;
        session.Add(sequence, status, result);
        while (session.HeldBytes > limits.MaxSessionResultBytes)
        {
            session.DropOldest();
        }

        Account(session, before);
        while (_heldBytes > limits.MaxResultBytes)
        {
            var oldest = _holding.First!.Value;
            before = oldest.HeldBytes;
            oldest.DropOldest();
            Account(oldest, before);
        }
    }

    /// <summary>The table, in the form above.</summary>
    public void Write(IBufferWriter<byte> writer)
    {
        writer.WriteUInt64(Floor);
        writer.WriteVarUInt((ulong)_sessions.Count);
        foreach (var session in _byUse)
        {
            SessionCodec.Write(session, writer);
        }
    }

    /// <summary>What <see cref="Write"/> wrote. Where it is over these limits, it is cut down to them as by execution.</summary>
    /// <exception cref="WireFormatException">The bytes are no table.</exception>
    public static SessionTable Read(ref WireReader reader, SessionLimits limits)
    {
        var table = new SessionTable(limits);
        var floor = reader.UInt64();
        for (var left = reader.Count(SessionCodec.MinSessionBytes); left > 0; left--)
        {
            var id = reader.UInt64();
            if (table._sessions.ContainsKey(id) || id == ulong.MaxValue)
            {
                throw new WireFormatException(string.Create(
                    CultureInfo.InvariantCulture, $"session {id} twice in a snapshot, or never to be opened"));
            }

            if (table.Count >= limits.MaxSessions)
            {
                table.Forget(table._byUse.First!.Value);
            }

            table.ReadEntries(table.Insert(new Session(id, reader.VarInt())), ref reader);
        }

        table.Floor = Math.Max(table.Floor, floor);
        return table;
    }

    private void ReadEntries(Session session, ref WireReader reader)
    {
        var last = session.Lowest - 1;
        for (var left = SessionCodec.ReadCount(ref reader); left > 0; left--)
        {
            (last, var status, var result) = SessionCodec.ReadEntry(ref reader, last);
            Record(session, last, status, result.Span);
        }
    }

    private Session Insert(Session session)
    {
        _sessions.Add(session.Id, session);
        _byUse.AddLast(session.Use);
        return session;
    }

    private void Touch(Session session)
    {
        if (session.Use.Next is null)
        {
            return;
        }

        _byUse.Remove(session.Use);
        _byUse.AddLast(session.Use);
        if (session.Holding.List is not null)
        {
            _holding.Remove(session.Holding);
            _holding.AddLast(session.Holding);
        }
    }

    private void Forget(Session session)
    {
        _sessions.Remove(session.Id);
        _byUse.Remove(session.Use);
        if (session.Holding.List is not null)
        {
            _holding.Remove(session.Holding);
        }

        _heldBytes -= session.HeldBytes;
        Floor = Math.Max(Floor, session.Id + 1);
    }

    /// <summary>After a change of the results that a session holds.</summary>
    private void Account(Session session, int before)
    {
        _heldBytes += session.HeldBytes - before;
        if (session.HeldBytes > 0 && session.Holding.List is null)
        {
            // It is the one used last, for only then does a session gain a result.
            _holding.AddLast(session.Holding);
        }
        else if (session.HeldBytes == 0 && session.Holding.List is not null)
        {
            _holding.Remove(session.Holding);
        }
    }
}
