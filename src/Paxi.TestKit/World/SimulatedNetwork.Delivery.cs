using Akka.Actor;
using Envelope = Paxi.Actors.Links.Envelope;

namespace Paxi.TestKit.World;

/// <content>The way of one message.</content>
public sealed partial class SimulatedNetwork
{
    private const ulong SendKind = 0x73656E64;
    private const ulong ArriveKind = 0x61727276;

    internal void Send(NetworkEndpoint from, NetworkEndpoint to, object message, IActorRef? receiver, IActorRef? sender)
    {
        var link = Link(from, to);
        if (link.IsHeld)
        {
            HoldApart(link, message, receiver, sender);
            return;
        }

        if (MakeDelivery(link, message, receiver, sender) is not { } delivery)
        {
            return;
        }

        if (link.IsCut)
        {
            Counters.Cut++;
            Trace("cut", link, message, 0);
            return;
        }

        if (Happens(link.Loss ?? _options.Loss))
        {
            Lose(link, delivery);
            return;
        }

        Schedule(link, delivery, isCopy: false);
        if (Happens(link.Duplication ?? _options.Duplication))
        {
            Counters.Duplicated++;
            Schedule(link, delivery, isCopy: true);
        }
    }

    internal void Lose(SimulatedLink link, NetworkDelivery delivery)
    {
        Counters.Lost++;
        Trace("lose", link, delivery.Message, 0);
    }

    internal void Arrive(NetworkDelivery delivery)
    {
        if (delivery.Link.To.Processor is { } processor)
        {
            processor.Read(delivery);
        }
        else
        {
            Take(delivery);
        }
    }

    internal void Take(NetworkDelivery delivery)
    {
        var link = delivery.Link;
        if (link.IsCut)
        {
            Counters.Cut++;
            Trace("cut", link, delivery.Message, 0);
            return;
        }

        var receiver = link.To.System.IsDead ? null : delivery.Receiver ?? link.To.FindLinks();
        if (receiver is null)
        {
            Counters.Unreachable++;
            Trace("unreachable", link, delivery.Message, 0);
            return;
        }

        if (!TryRead(delivery, out var message))
        {
            return;
        }

        Counters.Delivered++;
        World.RecordNumbers(ArriveKind, Numbers(link), TypeNumber(message), []);
        Trace("deliver", link, message, 0);
        receiver.Tell(message, delivery.Sender ?? ActorRefs.NoSender);
    }

    private NetworkDelivery? MakeDelivery(SimulatedLink link, object message, IActorRef? receiver, IActorRef? sender)
    {
        Counters.Sent++;
        Counters.Messages += message is Envelope envelope ? envelope.Messages.Count : 1;
        WireForm? form = null;
        if (_options.Serializes)
        {
            try
            {
                form = WireForm.Of(link.From.System.ActorSystem, message);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException)
            {
                Refuse(link, message, fault);
                return null;
            }

            Counters.Bytes += form.Bytes.Length;
        }

        World.RecordNumbers(SendKind, Numbers(link), TypeNumber(message), form is null ? default : form.Bytes);
        Trace("send", link, message, form?.Bytes.Length ?? 0);
        return new NetworkDelivery(this, link, message, form, receiver, sender);
    }

    private bool TryRead(NetworkDelivery delivery, out object message)
    {
        message = delivery.Message;
        if (delivery.Form is not { } form)
        {
            return true;
        }

        try
        {
            message = form.Read(delivery.Link.To.System.ActorSystem);
            return true;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Refuse(delivery.Link, delivery.Message, fault);
            return false;
        }
    }

    /// <summary>A message of our own that the serializers do not take is a defect, so it counts as a failure of the world.</summary>
    private void Refuse(SimulatedLink link, object message, Exception fault)
    {
        Counters.Unserializable++;
        World.AddFailure(new WorldFailure(
            World.Now, link.From.Name, link.Name, $"{message.GetType().Name} does not pass the serializer", fault));
    }

    private void Schedule(SimulatedLink link, NetworkDelivery delivery, bool isCopy)
    {
        var departure = link.From.Processor is { } processor ? processor.Write(delivery.Message) : World.NowTicks;
        if (link.CloggedUntil > departure)
        {
            Counters.Clogged++;
            departure = link.CloggedUntil;
        }

        var arrival = departure + (link.Delay ?? _options.Delay).Sample(_random, link.From.Zone, link.To.Zone);
        if (isCopy)
        {
            arrival += _options.DuplicationDelay.Sample(_random, link.From.Zone, link.To.Zone);
        }
        else if (Happens(link.Reordering ?? _options.Reordering))
        {
            Counters.Reordered++;
            arrival += _options.ReorderingDelay.Sample(_random, link.From.Zone, link.To.Zone);
        }
        else if (_options.IsOrdered)
        {
            arrival = Math.Max(arrival, link.OrderFloor);
            link.OrderFloor = arrival;
        }

        World.ScheduleOnce(arrival - World.NowTicks, delivery);
    }

    private void HoldApart(SimulatedLink link, object message, IActorRef? receiver, IActorRef? sender)
    {
        if (message is not Envelope { Messages.Count: > 1 } envelope)
        {
            if (MakeDelivery(link, message, receiver, sender) is { } delivery)
            {
                link.Hold(delivery);
            }

            return;
        }

        foreach (var single in envelope.Messages)
        {
            HoldApart(link, envelope with { Messages = [single] }, receiver, sender);
        }
    }

    /// <summary>Draws nothing when the probability is 0, so that a fault that is off leaves the other choices as they were.</summary>
    private bool Happens(double probability) => probability > 0.0 && _random.NextDouble() < probability;

    private static ulong Numbers(SimulatedLink link) => ((ulong)link.From.Index << 32) | (uint)link.To.Index;

    private ulong TypeNumber(object message)
    {
        var type = message.GetType();
        if (!_typeNumbers.TryGetValue(type, out var number))
        {
            number = 14695981039346656037UL;
            foreach (var letter in type.Name)
            {
                number = (number ^ letter) * 1099511628211UL;
            }

            _typeNumbers.Add(type, number);
        }

        return number;
    }

    private void Trace(string kind, SimulatedLink link, object message, int bytes)
    {
        if (World.Options.Trace is { } writer)
        {
            var what = message is Envelope envelope
                ? string.Join(", ", envelope.Messages.Select(inner => inner.GetType().Name))
                : message.GetType().Name;
            World.WriteLine(writer, kind, link.Name, what, bytes, 0);
        }
    }
}
