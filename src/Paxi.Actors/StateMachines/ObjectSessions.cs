using System.Buffers;
using System.Globalization;
using Paxi.Actors.Commands;
using Paxi.Actors.Wire;

namespace Paxi.Actors.StateMachines;

/// <summary>
/// The sessions that one object knows, ascending by id, where they are too many or too long for <see cref="PackedSessions"/>.
/// <code>
/// sessions := floor varint, count varint, session{count}, ascending by id
/// </code>
/// A session as in <see cref="SessionCodec"/>. The bounds are those of one object; <see cref="PackedSessions"/> is so small that it never meets them.
/// </summary>
internal sealed class ObjectSessions(int maxSessions)
{
    /// <summary>The most bytes of results that an object keeps, so that its state fits a frame of the network.</summary>
    public const int MaxResultBytes = 256 << 10;

    /// <summary>The most commands that the sessions of an object remember together, for the same reason.</summary>
    public const int MaxEntries = 32_768;

    private readonly List<Session> _sessions = [];
    private int _heldBytes;
    private int _entries;

    /// <summary>Sessions below it that are not known were forgotten, or may have been.</summary>
    public ulong Floor { get; private set; }

    /// <summary>The session, new if need be; null when it is below the floor and not known.</summary>
    public Session? Use(ulong id, long lowest)
    {
        var index = Find(id);
        if (index >= 0)
        {
            var session = _sessions[index];
            Account(session, -1);
            session.AdvanceTo(lowest);
            Account(session, 1);
            return session;
        }

        if (id < Floor || id == ulong.MaxValue)
        {
            return null;
        }

        var added = new Session(id, lowest);
        _sessions.Insert(~index, added);
        if (_sessions.Count <= maxSessions)
        {
            return added;
        }

        Forget();
        return id < Floor ? null : added;
    }

    /// <summary>Puts down how a command of the session ended, and keeps the bounds.</summary>
    /// <returns>False when the session itself had to be forgotten for that.</returns>
    public bool Record(Session session, long sequence, CommandStatus status, ReadOnlySpan<byte> result)
    {
        Account(session, -1);
        session.Add(sequence, status, result);
        Account(session, 1);

        // The others' first: a client that died with results unread must not cost a living one its own.
        for (var index = 0; _heldBytes > MaxResultBytes && index < _sessions.Count; index++)
        {
            if (!ReferenceEquals(_sessions[index], session))
            {
                Drop(_sessions[index]);
            }
        }

        Drop(session);
        while (_entries > MaxEntries)
        {
            Forget();
        }

        return session.Id >= Floor;
    }

    /// <summary>The sessions, in the form above.</summary>
    public void Write(IBufferWriter<byte> writer)
    {
        writer.WriteVarUInt(Floor);
        writer.WriteVarUInt((ulong)_sessions.Count);
        foreach (var session in _sessions)
        {
            SessionCodec.Write(session, writer);
        }
    }

    /// <summary>What <see cref="Write"/> wrote. Where it is over the bounds, it is cut down to them as by execution.</summary>
    /// <exception cref="WireFormatException">The bytes are no sessions of an object.</exception>
    public static ObjectSessions Read(ref WireReader reader, int maxSessions)
    {
        var sessions = new ObjectSessions(maxSessions) { Floor = reader.VarUInt() };
        var least = sessions.Floor;
        for (var left = reader.Count(SessionCodec.MinSessionBytes); left > 0; left--)
        {
            var id = reader.UInt64();
            if (id < least || id == ulong.MaxValue)
            {
                throw new WireFormatException(string.Create(CultureInfo.InvariantCulture,
                    $"session {id} of an object where at least {least} was expected"));
            }

            least = id + 1;
            var session = new Session(id, 0);
            SessionCodec.ReadInto(session, id, ref reader);
            sessions._sessions.Add(session);
            sessions.Account(session, 1);
        }

        sessions.CutDown();
        return sessions;
    }

    private void CutDown()
    {
        while (_sessions.Count > maxSessions || _entries > MaxEntries)
        {
            Forget();
        }

        for (var index = 0; index < _sessions.Count; index++)
        {
            Drop(_sessions[index]);
        }
    }

    /// <summary>Drops results of this session, the lowest sequence numbers first, until the bound is kept or it has no more.</summary>
    private void Drop(Session session)
    {
        Account(session, -1);
        while (_heldBytes + session.HeldBytes > MaxResultBytes && session.HeldBytes > 0)
        {
            session.DropOldest();
        }

        Account(session, 1);
    }

    /// <summary>The session with the smallest id: with ids that grow with time, the oldest.</summary>
    private void Forget()
    {
        var session = _sessions[0];
        _sessions.RemoveAt(0);
        Account(session, -1);
        Floor = session.Id + 1;
    }

    private void Account(Session session, int sign)
    {
        _heldBytes += sign * session.HeldBytes;
        _entries += sign * session.Count;
    }

    private int Find(ulong id)
    {
        var (low, high) = (0, _sessions.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var found = _sessions[middle].Id;
            if (found == id)
            {
                return middle;
            }

            (low, high) = found < id ? (middle + 1, high) : (low, middle - 1);
        }

        return ~low;
    }
}
