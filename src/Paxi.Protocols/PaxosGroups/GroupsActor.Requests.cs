using System.Text;
using Paxi.Actors;
using Paxi.Actors.Commands;
using Paxi.Actors.Replicas;
using Paxi.Actors.StateMachines;
using Paxi.Protocols.Paxos;

namespace Paxi.Protocols.PaxosGroups;

/// <content>Requests: split by group.</content>
internal sealed partial class GroupsActor
{
    private static readonly byte[] s_overSeveral = Encoding.UTF8.GetBytes("a transaction over keys of several groups: paxos_groups orders each group by itself and does only transactions within one");

    private readonly List<ObjectKey> _named = [];

    /// <summary>By group: its commands of the block that is being split; null or empty where it has none.</summary>
    private readonly List<(long Sequence, ReadOnlyMemory<byte> Body)>?[] _parts;
    private readonly RoleCounter _refusedCommands;

    /// <summary>Blocks that went to more than one group.</summary>
    private long _split;

    /// <summary>A block of one session mostly; what needs no group is answered at once.</summary>
    private void Split(Batch batch, ReadMode mode)
    {
        ResultBlocks? answers = null;
        for (var reader = new BatchReader(batch); reader.NextBlock();)
        {
            var (session, lowest, count) = (reader.Session, reader.Lowest, reader.Count);
            while (reader.NextCommand())
            {
                if (Sort(reader.Sequence, reader.Body, mode) is var (status, result))
                {
                    answers ??= new ResultBlocks(1);
                    answers.Begin(session);
                    answers.Add(reader.Sequence, status, result);
                }
            }

            GiveParts(session, lowest, batch, isWhole: count == batch.Count, mode);
        }

        if (answers is not null)
        {
            _context.Role(KernelRoles.Gateway).Tell(new Executed(0, Ballot.Zero, 0, answers.ToBlocks()), Self);
        }
    }

    /// <summary>Puts a command to the others for its group, or answers it.</summary>
    private (CommandStatus Status, byte[] Result)? Sort(long sequence, ReadOnlyMemory<byte> body, ReadMode mode)
    {
        if (body.IsEmpty && mode == ReadMode.Log)
        {
            // It would open a session; a group gets to know a session by its first write.
            return (CommandStatus.Done, []);
        }

        _named.Clear();
        try
        {
            _machine.ListObjects(body.Span, _named);
        }
        catch (InvalidCommandException fault)
        {
            return (CommandStatus.Invalid, Encoding.UTF8.GetBytes(fault.Message));
        }

        // A command that names no object goes to the first group.
        var group = _named.Count == 0 ? 0 : _map.GroupOf(_named[0]);
        for (var index = 1; index < _named.Count; index++)
        {
            if (_map.GroupOf(_named[index]) != group)
            {
                _refusedCommands.Add();
                return (CommandStatus.Invalid, s_overSeveral);
            }
        }

        (_parts[group] ??= []).Add((sequence, body));
        return null;
    }

    private void GiveParts(ulong session, long lowest, Batch batch, bool isWhole, ReadMode mode)
    {
        var groups = 0;
        for (var group = 0; group < _parts.Length; group++)
        {
            if (_parts[group] is not { Count: > 0 } commands)
            {
                continue;
            }

            groups++;
            var part = isWhole && commands.Count == batch.Count ? batch : batch.Part(BatchWriter.Block(session, lowest, commands));
            commands.Clear();
            _groups[group].Actor.Tell(new GroupRequest(mode, part), Self);
        }

        _split += groups > 1 ? 1 : 0;
    }
}
