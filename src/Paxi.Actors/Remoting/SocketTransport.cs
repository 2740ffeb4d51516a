using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;

namespace Paxi.Actors.Remoting;

/// <summary>
/// Akka.Remote's way over TCP, in place of DotNetty's. That one has threads of its own for sockets, so a message wakes three threads on its way from one process to another: the sender's
/// that writes, the receiver's that waits for sockets, and the one that reads. Here whoever has a message writes it, and what waits for sockets does what a message causes
/// (<see cref="Scheduling.ThreadTurn"/>): one wake-up. On the wire both are the same, and a cluster may be mixed.
/// <code>
/// frame := length u32 (little endian), a message of Akka's protocol
/// </code>
/// Chosen by <c>akka.remote.dot-netty.tcp.transport-class</c>, and set up by that section; TLS is left to DotNetty.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "Akka calls Shutdown, which closes the listener.")]
public sealed class SocketTransport : Transport
{
    private const string Scheme = "tcp";

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);

    private readonly SocketSettings _settings;
    private readonly ILoggingAdapter _log;
    private readonly ConcurrentDictionary<SocketConnection, byte> _connections = new();
    private Socket? _listener;
    private Address? _address;
    private volatile bool _isShutDown;

    /// <summary>Made by Akka.</summary>
    /// <exception cref="ConfigurationException">A setting has a value that cannot be.</exception>
    public SocketTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        _settings = new SocketSettings(config);
        _log = Logging.GetLogger(system, this);
        SchemeIdentifier = Scheme;
        MaximumPayloadBytes = _settings.MaxFrameBytes;
    }

    public override bool IsResponsibleFor(Address remote) => true;

    /// <exception cref="SocketException">The address is not this machine's, or in use.</exception>
    public override async Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var place = await _settings.ResolveAsync(_settings.Host, _settings.Port).ConfigureAwait(false);
        var listener = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _settings.Apply(listener);
            listener.Bind(place);
            listener.Listen(_settings.Backlog);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        _listener = listener;
        _address = new Address(Scheme, System.Name, _settings.PublicHost, _settings.PublicPort ?? ((IPEndPoint)listener.LocalEndPoint!).Port);
        var ready = new TaskCompletionSource<IAssociationEventListener>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = ready.Task.ContinueWith(
            task => AcceptAsync(listener, task.Result), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        return (_address, ready);
    }

    /// <exception cref="InvalidAssociationException">Nobody answers there.</exception>
    public override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        Socket? socket = null;
        try
        {
            var place = await _settings.ResolveAsync(remoteAddress.Host, remoteAddress.Port ?? 0).ConfigureAwait(false);
            socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _settings.Apply(socket);
            using var patience = new CancellationTokenSource(_settings.ConnectTimeout);
            await socket.ConnectAsync(place, patience.Token).ConfigureAwait(false);
            return Open(socket, remoteAddress);
        }
        catch (Exception cause) when (cause is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            socket?.Dispose();
            var reason = cause is OperationCanceledException ? $"no connection within {_settings.ConnectTimeout}" : cause.Message;
            throw new InvalidAssociationException($"{remoteAddress}: {reason}", cause);
        }
    }

    /// <summary>What was written is sent as far as the kernel takes it at once; nothing is waited for.</summary>
    public override Task<bool> Shutdown()
    {
        _isShutDown = true;
        _listener?.Dispose();
        foreach (var connection in _connections.Keys)
        {
            connection.Close(DisassociateInfo.Shutdown);
        }

        return Task.FromResult(true);
    }

    private SocketConnection Open(Socket socket, Address remote)
    {
        var connection = new SocketConnection(socket, _settings.MaxFrameBytes, _address!, remote, closed => _connections.TryRemove(closed, out _), System.Scheduler.Advanced, _log);
        _connections.TryAdd(connection, 0);
        if (_isShutDown)
        {
            // It may have been added behind the back of who closes them all.
            connection.Close(DisassociateInfo.Shutdown);
        }

        return connection;
    }

    private async Task AcceptAsync(Socket listener, IAssociationEventListener associations)
    {
        while (!_isShutDown)
        {
            try
            {
                var socket = await listener.AcceptAsync().ConfigureAwait(false);
                Welcome(socket, associations);
            }
            catch (SocketException) when (_isShutDown)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (SocketException fault)
            {
                // No descriptor is free, or the peer is gone already. The listener stays.
                _log.Warning("cannot accept a connection: {0}", fault.Message);
                await Task.Delay(AcceptPause).ConfigureAwait(false);
            }
        }
    }

    private void Welcome(Socket socket, IAssociationEventListener associations)
    {
        try
        {
            _settings.Apply(socket);
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            associations.Notify(new InboundAssociation(Open(socket, new Address(Scheme, System.Name, SocketSettings.Bracketed(remote.Address.ToString()), remote.Port))));
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            socket.Dispose();
        }
    }
}
